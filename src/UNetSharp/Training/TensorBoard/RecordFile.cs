using System.Buffers.Binary;
using System.Numerics;

namespace UNetSharp.Training.TensorBoard;

/// <summary>
/// A file of records that only grows, TensorFlow's TFRecord
/// (https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details). All numbers are little-endian:
/// <code>
/// uint64 length    uint32 mask(crc(length))    byte data[length]    uint32 mask(crc(data))
/// mask(c) = (c rotated right by 15 bits) + 0xA282EAD8    crc: CRC-32C (Castagnoli), RFC 3720 appendix B.4
/// </code>
/// A record goes to the file in one piece, so that readers see whole ones while the file grows.
/// </summary>
internal sealed class RecordFile : IDisposable
{
    private const int HeadBytes = sizeof(ulong) + sizeof(uint);
    private const uint MaskDelta = 0xA282EAD8;
    private readonly FileStream _stream;

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public RecordFile(string path) =>
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Adds a record.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(ReadOnlySpan<byte> data) => _stream.Write(Framed(data));

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>A record as it stands in the file.</summary>
    internal static byte[] Framed(ReadOnlySpan<byte> data)
    {
        byte[] record = new byte[HeadBytes + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        uint crcOfLength = MaskedCrc(record.AsSpan(0, sizeof(ulong)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), crcOfLength);
        data.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + data.Length), MaskedCrc(data));
        return record;
    }

    /// <summary>CRC-32C of the bytes.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Crc(bytes), 15) + MaskDelta;
}
