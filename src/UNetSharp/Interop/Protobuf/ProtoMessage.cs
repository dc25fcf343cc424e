using System.Buffers.Binary;
using System.Text;

namespace UNetSharp.Interop.Protobuf;

/// <summary>
/// A protobuf message that is being written (https://protobuf.dev/programming-guides/encoding), field after field. It
/// holds the arrays that are its content, and copies none of them.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>Bytes of the message.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a whole number.</summary>
    public ProtoMessage Add(int number, long value) => Key(number, ProtoEncoding.Varint).Append(Varint((ulong)value));

    /// <summary>Adds a floating-point number.</summary>
    public ProtoMessage Add(int number, float value)
    {
        byte[] bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Key(number, ProtoEncoding.Fixed32).Append(bytes);
    }

    /// <summary>Adds a floating-point number of double precision.</summary>
    public ProtoMessage Add(int number, double value)
    {
        byte[] bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return Key(number, ProtoEncoding.Fixed64).Append(bytes);
    }

    /// <summary>Adds text.</summary>
    public ProtoMessage Add(int number, string text) => Add(number, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds bytes.</summary>
    public ProtoMessage Add(int number, ReadOnlyMemory<byte> bytes) =>
        Key(number, ProtoEncoding.Content).Append(Varint((ulong)bytes.Length)).Append(bytes);

    /// <summary>Adds an inner message, which is whole.</summary>
    public ProtoMessage Add(int number, ProtoMessage inner)
    {
        Key(number, ProtoEncoding.Content).Append(Varint((ulong)inner.Length));
        _parts.AddRange(inner._parts);
        Length += inner.Length;
        return this;
    }

    /// <summary>Adds every text of a repeated field.</summary>
    public ProtoMessage AddAll(int number, IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Add(number, text);
        }

        return this;
    }

    /// <summary>Adds every inner message of a repeated field.</summary>
    public ProtoMessage AddAll(int number, IEnumerable<ProtoMessage> messages)
    {
        foreach (ProtoMessage message in messages)
        {
            Add(number, message);
        }

        return this;
    }

    /// <summary>Adds every whole number of a repeated field, packed.</summary>
    public ProtoMessage AddAll(int number, IEnumerable<long> values) =>
        Add(number, values.SelectMany(value => Varint((ulong)value)).ToArray());

    /// <summary>The message in one piece.</summary>
    public byte[] ToArray()
    {
        using MemoryStream stream = new(checked((int)Length));
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (ReadOnlyMemory<byte> part in _parts)
        {
            stream.Write(part.Span);
        }
    }

    private ProtoMessage Key(int number, ProtoEncoding encoding) =>
        Append(Varint(((ulong)number << 3) | (uint)encoding));

    private ProtoMessage Append(ReadOnlyMemory<byte> bytes)
    {
        _parts.Add(bytes);
        Length += bytes.Length;
        return this;
    }

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
