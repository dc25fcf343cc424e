using System.Buffers.Binary;
using System.Text;

namespace UNetSharp.Training.TensorBoard;

/// <summary>
/// Writes a message of protocol buffers (https://protobuf.dev/programming-guides/encoding): each field is a varint of
/// number · 8 + wire type, and its value: a varint (type 0), 8 bytes (1), a length and so many bytes (2), 4 bytes (5).
/// </summary>
internal sealed class MessageWriter
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;
    private readonly List<byte> _bytes = [];

    /// <summary>An int32, int64 or enum that is not negative.</summary>
    public MessageWriter Integer(int field, long value)
    {
        Tag(field, VarintType);
        Varint((ulong)value);
        return this;
    }

    /// <summary>A double.</summary>
    public MessageWriter Double(int field, double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        Tag(field, Fixed64Type);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A float.</summary>
    public MessageWriter Float(int field, float value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Tag(field, Fixed32Type);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A string.</summary>
    public MessageWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes.</summary>
    public MessageWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, BytesType);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>A message in this one.</summary>
    public MessageWriter Message(int field, MessageWriter value) => Bytes(field, value.ToArray());

    /// <summary>The message.</summary>
    public byte[] ToArray() => [.. _bytes];

    private void Tag(int field, int type) => Varint(((ulong)field << 3) | (uint)type);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
