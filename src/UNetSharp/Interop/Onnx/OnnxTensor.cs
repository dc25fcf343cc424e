using System.Buffers.Binary;
using System.Runtime.InteropServices;
using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Interop.Onnx;

/// <summary>An array of an ONNX file (TensorProto): sizes, number format, and the numbers' bytes.</summary>
/// <param name="Name">Name; empty for one that no file holds.</param>
/// <param name="Dims">Sizes; none for a single number.</param>
/// <param name="Type">Number format, by ONNX's number for it.</param>
/// <param name="Data">The numbers in row-major order, little-endian.</param>
internal sealed record OnnxTensor(string Name, IReadOnlyList<int> Dims, int Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>ONNX's number for float32.</summary>
    public const int FloatType = 1;

    /// <summary>ONNX's number for int64.</summary>
    public const int Int64Type = 7;

    /// <summary>ONNX's number for truth values.</summary>
    public const int BooleanType = 9;

    /// <summary>How many sizes an array may have.</summary>
    public const int MaxDims = 8;

    private const int External = 1;

    // ONNX's numbers for number formats, and safetensors' names for the same.
    private static readonly Dictionary<int, string> FormatNames = new()
    {
        [FloatType] = "F32",
        [2] = "U8",
        [3] = "I8",
        [5] = "I16",
        [6] = "I32",
        [Int64Type] = "I64",
        [BooleanType] = "BOOL",
        [10] = "F16",
        [11] = "F64",
        [16] = "BF16",
    };

    /// <summary>How many numbers there are.</summary>
    public int Count => (int)Dims.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether the numbers are whole ones by their format.</summary>
    public bool IsInteger => IsIntegerType(Type);

    /// <summary>Whether a number format has whole numbers only.</summary>
    public static bool IsIntegerType(int type) =>
        FormatNames.TryGetValue(type, out string? name) && (name == "BOOL" || name[0] is 'I' or 'U');

    /// <summary>An array of float32.</summary>
    public static OnnxTensor Create(string name, IReadOnlyList<int> dims, ReadOnlySpan<float> values) =>
        new(name, dims, FloatType, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>An array of int64.</summary>
    public static OnnxTensor Create(string name, IReadOnlyList<int> dims, ReadOnlySpan<long> values) =>
        new(name, dims, Int64Type, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The numbers as float32; whole numbers are exact up to 2²⁴, more than any size of an image.</summary>
    public float[] ToFloats()
    {
        float[] values = new float[Count];
        Format(Type).ToFloat(Data.Span, values);
        return values;
    }

    /// <summary>Reads a TensorProto.</summary>
    /// <param name="message">The message.</param>
    /// <param name="files">Other files that may hold the numbers; null for none.</param>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static OnnxTensor Read(ReadOnlyMemory<byte> message, OnnxDataFiles? files = null)
    {
        Dictionary<string, string> places = [];
        bool isElsewhere = false;
        List<long> dims = [];
        MemoryStream numbers = new();
        ReadOnlyMemory<byte>? raw = null;
        (string name, int type) = ("", 0);
        List<ProtoField> integers = [];
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field.Number)
            {
                case 1: dims.AddRange(field.Integers.Take(MaxDims + 1)); break;
                case 2: type = field.Integer is >= 0 and <= byte.MaxValue ? (int)field.Integer : 0; break;
                case 4 or 10: numbers.Write(field.FixedNumbers.Span); break;
                case 5 or 7: integers.Add(field); break;
                case 8: name = field.Text; break;
                case 9: raw = field.Content; break;
                case 13 when ReadPlace(field.Content) is var (key, place): places[key] = place; break;
                case 14: isElsewhere = field.Integer == External; break;
                default: break;
            }
        }

        bool isPlausible = dims.Count <= MaxDims && dims.All(size => size is >= 0 and <= int.MaxValue);
        double count = isPlausible ? dims.Aggregate(1.0, (product, size) => product * size) : -1;
        NumberFormat format = Format(type, name);
        if (integers.Count > 0)
        {
            int max = (int)Math.Clamp(count, 0, message.Length) + 1;
            WriteIntegers(integers.SelectMany(field => field.Integers).Take(max), format.Bytes, numbers);
        }

        ReadOnlyMemory<byte> data = !isElsewhere ? raw ?? numbers.ToArray()
            : isPlausible && files is not null ? files.Read(name, places, count * format.Bytes)
            : throw new InvalidDataException(
                $"the numbers of '{CheckpointException.Sanitize(name)}' are in another file");
        return count * format.Bytes == data.Length
            ? new OnnxTensor(name, [.. dims.Select(size => (int)size)], type, data)
            : throw new InvalidDataException($"sizes and numbers of '{CheckpointException.Sanitize(name)}' do not fit");
    }

    /// <summary>The TensorProto.</summary>
    public ProtoMessage Write() => new ProtoMessage()
        .AddAll(1, Dims.Select(size => (long)size))
        .Add(2, Type)
        .Add(8, Name)
        .Add(9, Data);

    // What is narrower than int32, half-precision floats too, is stored as whole numbers of its bits.
    private static void WriteIntegers(IEnumerable<long> values, int bytes, Stream numbers)
    {
        byte[] eight = new byte[sizeof(long)];
        foreach (long value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, value);
            numbers.Write(eight, 0, bytes);
        }
    }

    private static NumberFormat Format(int type, string name = "") => FormatNames.TryGetValue(type, out string? format)
        ? NumberFormat.ByName[format]
        : throw new InvalidDataException(
            $"'{CheckpointException.Sanitize(name)}' has a number format that is not known, ONNX's {type}");

    /// <summary>StringStringEntryProto.</summary>
    private static (string Key, string Value) ReadPlace(ReadOnlyMemory<byte> message)
    {
        (string key, string value) = ("", "");
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            key = field.Number == 1 ? field.Text : key;
            value = field.Number == 2 ? field.Text : value;
        }

        return (key, value);
    }
}
