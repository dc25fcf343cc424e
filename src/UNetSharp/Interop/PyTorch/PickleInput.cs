using System.Buffers.Binary;
using System.Text;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// The bytes of pickles. A length that is read is believed only when as many bytes follow, so that no more memory is
/// reserved than the file has bytes.
/// </summary>
/// <param name="stream">A stream with a length, at the place where the pickle begins.</param>
internal sealed class PickleInput(Stream stream)
{
    /// <summary>
    /// The most bytes that are read as pickles. A tensor takes about 150, so this is room for the names of a hundred
    /// times more tensors than the largest networks have.
    /// </summary>
    public const long MaxBytes = 64 << 20;

    private const int MaxNameBytes = 256;

    private readonly long _end = Math.Min(stream.Length, stream.Position + MaxBytes);
    private readonly byte[] _number = new byte[sizeof(ulong)];

    /// <summary>Where the next byte lies in the stream.</summary>
    public long Position { get; private set; } = stream.Position;

    public byte Byte()
    {
        RequireFollowing(1);
        Position++;
        return (byte)stream.ReadByte();
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Number(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Number(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Number(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Number(sizeof(ulong)));

    public byte[] Bytes(ulong count)
    {
        RequireFollowing(count);
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        Position += bytes.Length;
        return bytes;
    }

    public string Text(ulong count) => Encoding.UTF8.GetString(Bytes(count));

    /// <summary>Passes over bytes.</summary>
    public void Skip(ulong count)
    {
        RequireFollowing(count);
        Position += (long)count;
        stream.Position = Position;
    }

    /// <summary>A name up to the end of its line.</summary>
    public string Line()
    {
        List<byte> bytes = [];
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            if (bytes.Count == MaxNameBytes)
            {
                throw new InvalidDataException($"is refused: it asks for a name of more than {MaxNameBytes} bytes.");
            }

            bytes.Add(next);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private ReadOnlySpan<byte> Number(int bytes)
    {
        RequireFollowing((ulong)bytes);
        Position += bytes;
        stream.ReadExactly(_number, 0, bytes);
        return _number;
    }

    private void RequireFollowing(ulong count)
    {
        if (count > (ulong)(_end - Position))
        {
            throw new InvalidDataException(_end < stream.Length
                ? $"is refused: its pickle is longer than {MaxBytes >> 20} MiB."
                : "is cut short: its pickle ends too early; copy it again.");
        }
    }
}
