using System.Buffers.Binary;

namespace UNetSharp.Interop.Protobuf;

/// <summary>How a field of a message is encoded.</summary>
internal enum ProtoEncoding
{
    /// <summary>A whole number, seven bits a byte.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, then as many bytes: text, a message, or a packed run of numbers.</summary>
    Content = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}

/// <summary>
/// One field of a protobuf message (https://protobuf.dev/programming-guides/encoding). A message is a run of fields,
/// and an inner message is content that is read when it is asked for, so that the depth of a file is that of the
/// reader's own calls. Every length is compared with the bytes that are left; nothing is copied.
/// </summary>
/// <param name="Number">Number of the field in its message.</param>
/// <param name="Encoding">How it is encoded.</param>
/// <param name="Bits">The bits of a varint.</param>
/// <param name="Bytes">The bytes of content, or of a number of fixed size.</param>
internal readonly record struct ProtoField(
    int Number, ProtoEncoding Encoding, ulong Bits, ReadOnlyMemory<byte> Bytes)
{
    private const int MaxVarintBytes = 10;

    /// <summary>A whole number.</summary>
    public long Integer => Encoding == ProtoEncoding.Varint ? (long)Bits : throw Unexpected();

    /// <summary>A floating-point number.</summary>
    public float Float =>
        Encoding == ProtoEncoding.Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(Bytes.Span) : throw Unexpected();

    /// <summary>Text, or an inner message.</summary>
    public ReadOnlyMemory<byte> Content => Encoding == ProtoEncoding.Content ? Bytes : throw Unexpected();

    /// <summary>Text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Content.Span);

    /// <summary>Whole numbers of a repeated field: a packed run, or one of them.</summary>
    public IEnumerable<long> Integers => Encoding == ProtoEncoding.Varint ? [(long)Bits] : ReadPacked(Content);

    /// <summary>Bytes of the fixed-size numbers of a repeated field: a packed run, or one of them.</summary>
    public ReadOnlyMemory<byte> FixedNumbers => Encoding != ProtoEncoding.Varint ? Bytes : throw Unexpected();

    /// <summary>The fields of a message in the order of the file.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message; thrown while reading.</exception>
    public static IEnumerable<ProtoField> Parse(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            ulong key = ReadVarint(ref message);
            var encoding = (ProtoEncoding)(key & 7);
            int number = key >> 3 is >= 1 and <= int.MaxValue ? (int)(key >> 3) : throw Damaged("a field's number");
            yield return encoding switch
            {
                ProtoEncoding.Varint => new ProtoField(number, encoding, ReadVarint(ref message), default),
                ProtoEncoding.Fixed64 => new ProtoField(number, encoding, 0, ReadBytes(ref message, sizeof(ulong))),
                ProtoEncoding.Fixed32 => new ProtoField(number, encoding, 0, ReadBytes(ref message, sizeof(uint))),
                ProtoEncoding.Content =>
                    new ProtoField(number, encoding, 0, ReadBytes(ref message, ReadVarint(ref message))),
                _ => throw Damaged("a field's encoding"),
            };
        }
    }

    private static IEnumerable<long> ReadPacked(ReadOnlyMemory<byte> run)
    {
        while (!run.IsEmpty)
        {
            yield return (long)ReadVarint(ref run);
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(ref ReadOnlyMemory<byte> rest, ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            throw new InvalidDataException("it ends in the middle of a field");
        }

        ReadOnlyMemory<byte> taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> rest)
    {
        ReadOnlySpan<byte> bytes = rest.Span;
        ulong value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, MaxVarintBytes); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        throw Damaged("a number");
    }

    private static InvalidDataException Damaged(string what) => new($"{what} makes no sense");

    private InvalidDataException Unexpected() => Damaged($"field {Number}");
}
