using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Interop.Onnx;

/// <summary>A constant of a node (AttributeProto); one of its values is set.</summary>
/// <param name="Name">Name.</param>
internal sealed record OnnxAttribute(string Name)
{
    // AttributeProto.AttributeType
    private const int FloatKind = 1, IntegerKind = 2, TextKind = 3, TensorKind = 4, IntegersKind = 7;

    /// <summary>A floating-point number.</summary>
    public float? Float { get; init; }

    /// <summary>A whole number.</summary>
    public long? Integer { get; init; }

    /// <summary>A text.</summary>
    public string? Text { get; init; }

    /// <summary>An array.</summary>
    public OnnxTensor? Tensor { get; init; }

    /// <summary>Floating-point numbers.</summary>
    public IReadOnlyList<float> Floats { get; init; } = [];

    /// <summary>Whole numbers.</summary>
    public IReadOnlyList<long> Integers { get; init; } = [];

    /// <summary>Reads an AttributeProto.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static OnnxAttribute Read(ReadOnlyMemory<byte> message, OnnxDataFiles files)
    {
        OnnxAttribute attribute = new("");
        List<long> integers = [];
        List<float> floats = [];
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field.Number)
            {
                case 1: attribute = attribute with { Name = field.Text }; break;
                case 2: attribute = attribute with { Float = field.Float }; break;
                case 3: attribute = attribute with { Integer = field.Integer }; break;
                case 4: attribute = attribute with { Text = field.Text }; break;
                case 5: attribute = attribute with { Tensor = OnnxTensor.Read(field.Content, files) }; break;
                case 7: floats.AddRange(ReadFloats(field.FixedNumbers)); break;
                case 8: integers.AddRange(field.Integers); break;
                default: break;
            }
        }

        return attribute with { Integers = integers, Floats = floats };
    }

    /// <summary>The AttributeProto.</summary>
    public ProtoMessage Write()
    {
        ProtoMessage message = new ProtoMessage().Add(1, Name);
        return this switch
        {
            { Float: { } number } => message.Add(2, number).Add(20, FloatKind),
            { Integer: { } whole } => message.Add(3, whole).Add(20, IntegerKind),
            { Text: { } text } => message.Add(4, text).Add(20, TextKind),
            { Tensor: { } tensor } => message.Add(5, tensor.Write()).Add(20, TensorKind),
            _ => message.AddAll(8, Integers).Add(20, IntegersKind),
        };
    }

    private static float[] ReadFloats(ReadOnlyMemory<byte> bytes)
    {
        float[] values = new float[bytes.Length / sizeof(float)];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.Span)[..values.Length].CopyTo(values);
        return values;
    }
}
