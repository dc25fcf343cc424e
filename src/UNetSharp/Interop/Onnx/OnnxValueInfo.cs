using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Interop.Onnx;

/// <summary>An input or output of an ONNX graph (ValueInfoProto with the shape of its tensor).</summary>
/// <param name="Name">Name.</param>
/// <param name="Dims">Sizes.</param>
/// <param name="Type">Number format, by ONNX's number for it.</param>
internal sealed record OnnxValueInfo(
    string Name, IReadOnlyList<OnnxSize> Dims, int Type = OnnxTensor.FloatType)
{
    /// <summary>Reads a ValueInfoProto.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static OnnxValueInfo Read(ReadOnlyMemory<byte> message)
    {
        ProtoField[] fields = [.. ProtoField.Parse(message)];
        ProtoField[] tensor = [.. Inner(Inner(fields, 2), 1)];
        IEnumerable<ProtoField> dims = Inner(tensor, 2);
        return new OnnxValueInfo(
            fields.LastOrDefault(field => field.Number == 1) is { Number: 1 } name ? name.Text : "",
            [.. dims.Where(field => field.Number == 1).Select(field => OnnxSize.Read(field.Content))],
            tensor.LastOrDefault(field => field.Number == 1) is { Number: 1, Integer: > 0 and <= byte.MaxValue } type
                ? (int)type.Integer
                : OnnxTensor.FloatType);
    }

    /// <summary>The ValueInfoProto.</summary>
    public ProtoMessage Write()
    {
        ProtoMessage shape = new ProtoMessage().AddAll(1, Dims.Select(size => size.Write()));
        ProtoMessage tensor = new ProtoMessage().Add(1, Type).Add(2, shape);
        return new ProtoMessage().Add(1, Name).Add(2, new ProtoMessage().Add(1, tensor));
    }

    private static IEnumerable<ProtoField> Inner(IEnumerable<ProtoField> fields, int number) =>
        fields.Where(field => field.Number == number).SelectMany(field => ProtoField.Parse(field.Content));
}

/// <summary>A size of a tensor (Dimension): a number, or a name for one that is not fixed.</summary>
internal readonly record struct OnnxSize(long? Fixed, string Name = "")
{
    /// <summary>Reads a Dimension.</summary>
    public static OnnxSize Read(ReadOnlyMemory<byte> message)
    {
        ProtoField field = ProtoField.Parse(message).LastOrDefault(field => field.Number == 1);

        // Some programs write 0 or −1 for what is not fixed.
        return new OnnxSize(field is { Number: 1, Integer: > 0 } ? field.Integer : null);
    }

    /// <summary>The Dimension.</summary>
    public ProtoMessage Write() =>
        Fixed is { } number ? new ProtoMessage().Add(1, number) : new ProtoMessage().Add(2, Name);
}
