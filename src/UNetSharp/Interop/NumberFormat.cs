using System.Runtime.InteropServices;

namespace UNetSharp.Interop;

/// <summary>
/// A number format by its name in safetensors: the bytes of a number, and how a run of them becomes float32.
/// </summary>
internal sealed class NumberFormat
{
    private readonly Action<ReadOnlySpan<byte>, Span<float>> _convert;

    private NumberFormat(int bytes, Action<ReadOnlySpan<byte>, Span<float>> convert) =>
        (Bytes, _convert) = (bytes, convert);

    /// <summary>The formats that can be read, by the names that the files use.</summary>
    public static IReadOnlyDictionary<string, NumberFormat> ByName { get; } = new Dictionary<string, NumberFormat>
    {
        ["F64"] = Create<double>(value => (float)value),
        ["F32"] = new(sizeof(float), (from, to) => from.CopyTo(MemoryMarshal.AsBytes(to))),
        ["F16"] = Create<Half>(value => (float)value),
        ["BF16"] = Create<ushort>(value => BitConverter.Int32BitsToSingle(value << 16)),
        ["I64"] = Create<long>(value => value),
        ["I32"] = Create<int>(value => value),
        ["I16"] = Create<short>(value => value),
        ["I8"] = Create<sbyte>(value => value),
        ["U8"] = Create<byte>(value => value),
        ["BOOL"] = Create<byte>(value => value),
    };

    /// <summary>Bytes of a number.</summary>
    public int Bytes { get; }

    /// <summary>Converts whole numbers of this format.</summary>
    public void ToFloat(ReadOnlySpan<byte> from, Span<float> to) => _convert(from, to);

    private static unsafe NumberFormat Create<T>(Func<T, float> convert)
        where T : unmanaged => new(sizeof(T), (from, to) =>
        {
            ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(from);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = convert(values[i]);
            }
        });
}
