using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace UNetSharp.Interop.PyTorch;

/// <summary>A file inside a zip file.</summary>
/// <param name="Name">Its name with its folders.</param>
/// <param name="IsDeflated">Whether it is compressed.</param>
/// <param name="PackedBytes">Its bytes in the zip file.</param>
/// <param name="Bytes">Its bytes when unpacked, as the directory claims.</param>
/// <param name="HeaderAt">Where its header lies.</param>
internal sealed record ZipEntry(string Name, bool IsDeflated, long PackedBytes, long Bytes, long HeaderAt);

/// <summary>
/// Reads parts of files inside a zip file (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), with the sizes
/// of ZIP64. System.IO.Compression would reserve memory for as many entries as a hostile file has and read a stored
/// entry up to the part that is wanted. Checksums are not compared, as PyTorch does not: it may leave them out.
/// </summary>
internal sealed class ZipEntries
{
    private const int LocalHeaderBytes = 30;
    private const int EntryBytes = 46;
    private const int EndBytes = 22;
    private const int MaxCommentBytes = ushort.MaxValue;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;

    private const uint LocalSignature = 0x04034B50;
    private const uint EntrySignature = 0x02014B50;
    private const uint EndSignature = 0x06054B50;
    private const uint LocatorSignature = 0x07064B50;
    private const uint End64Signature = 0x06064B50;

    private const ushort Encrypted = 1;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private const ushort SizesOfZip64 = 1;

    // No run of bytes is shorter in deflate's format: a length of 258 in two bits.
    private const long MaxRatio = 1032;

    // An entry is a tensor, about 100 bytes here; more than the steps of a pickle can describe are of no use.
    private const long MaxDirectoryBytes = 16 << 20;

    private readonly FileStream _stream;
    private readonly Dictionary<string, ZipEntry> _byName = [];

    /// <summary>Reads the directory of a zip file.</summary>
    /// <exception cref="InvalidDataException">The directory is damaged or too large.</exception>
    public ZipEntries(FileStream stream)
    {
        _stream = stream;
        (long at, long bytes) = Directory();
        if (bytes > MaxDirectoryBytes)
        {
            throw new InvalidDataException($"is refused: its directory has more than {MaxDirectoryBytes >> 20} MiB.");
        }

        ReadOnlySpan<byte> directory = ReadAt(at, bytes);
        while (directory.Length >= EntryBytes)
        {
            int length = Add(directory);
            directory = directory[length..];
        }

        if (directory.Length > 0)
        {
            throw Damaged();
        }
    }

    /// <summary>The files inside.</summary>
    public IReadOnlyDictionary<string, ZipEntry> ByName => _byName;

    /// <summary>Bytes of a file inside, of which nothing after them is unpacked.</summary>
    public byte[] Read(ZipEntry entry, long start, int count)
    {
        ReadOnlySpan<byte> header = ReadAt(entry.HeaderAt, LocalHeaderBytes);
        long at = entry.HeaderAt + LocalHeaderBytes + UInt16(header, 26) + UInt16(header, 28);
        if (UInt32(header, 0) != LocalSignature || start + count > entry.Bytes
            || entry.PackedBytes > _stream.Length - at)
        {
            throw Damaged();
        }

        return entry.IsDeflated ? Unpack(at, entry.Name, start, count) : ReadAt(at + start, count);
    }

    private byte[] Unpack(long at, string name, long start, int count)
    {
        _stream.Position = at;
        byte[] bytes = new byte[count];
        try
        {
            using DeflateStream unpacked = new(_stream, CompressionMode.Decompress, leaveOpen: true);
            byte[] passed = new byte[Math.Min(start, 1 << 16)];
            for (long left = start; left > 0; left -= Math.Min(left, passed.Length))
            {
                unpacked.ReadExactly(passed, 0, (int)Math.Min(left, passed.Length));
            }

            unpacked.ReadExactly(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException(
                $"is damaged: its entry '{CheckpointException.Sanitize(name)}' cannot be unpacked; copy it again.", e);
        }

        return bytes;
    }

    // The record at the end of the file says where the directory lies; a comment may follow it.
    private (long At, long Bytes) Directory()
    {
        long tailBytes = Math.Min(_stream.Length, EndBytes + MaxCommentBytes);
        ReadOnlySpan<byte> tail = ReadAt(_stream.Length - tailBytes, tailBytes);
        int end = tail.Length - EndBytes;
        while (end >= 0
            && (UInt32(tail, end) != EndSignature || end + EndBytes + UInt16(tail, end + 20) != tail.Length))
        {
            end--;
        }

        if (end < 0)
        {
            throw new InvalidDataException(
                "is cut short: the directory at the end of a zip file is missing; copy it again.");
        }

        (long bytes, long at) = (UInt32(tail, end + 12), UInt32(tail, end + 16));
        return bytes == uint.MaxValue || at == uint.MaxValue
            ? Directory64(_stream.Length - tail.Length + end - LocatorBytes)
            : (at, bytes);
    }

    private (long At, long Bytes) Directory64(long locatorAt)
    {
        ReadOnlySpan<byte> locator = ReadAt(locatorAt, LocatorBytes);
        if (UInt32(locator, 0) != LocatorSignature)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> end = ReadAt(Int64(locator, 8), End64Bytes);
        return UInt32(end, 0) == End64Signature ? (Int64(end, 48), Int64(end, 40)) : throw Damaged();
    }

    /// <summary>Adds the first entry of a directory; its length there is returned.</summary>
    private int Add(ReadOnlySpan<byte> directory)
    {
        int nameBytes = UInt16(directory, 28);
        int extraBytes = UInt16(directory, 30);
        int length = EntryBytes + nameBytes + extraBytes + UInt16(directory, 32);
        if (UInt32(directory, 0) != EntrySignature || length > directory.Length)
        {
            throw Damaged();
        }

        string name = Encoding.UTF8.GetString(directory.Slice(EntryBytes, nameBytes));
        ushort method = UInt16(directory, 10);
        if ((UInt16(directory, 8) & Encrypted) != 0 || method is not (Stored or Deflated))
        {
            throw new InvalidDataException(
                $"is refused: its entry '{CheckpointException.Sanitize(name)}' is encrypted or "
                + "compressed by another method than deflate; zip it anew without compression.");
        }

        ReadOnlySpan<byte> sizes = Zip64Sizes(directory.Slice(EntryBytes + nameBytes, extraBytes));
        long bytes = Size(UInt32(directory, 24), ref sizes);
        long packedBytes = Size(UInt32(directory, 20), ref sizes);
        long at = Size(UInt32(directory, 42), ref sizes);
        bool isDeflated = method == Deflated;
        bool isPlausible = isDeflated ? bytes / MaxRatio <= packedBytes : bytes == packedBytes;
        if (!isPlausible || packedBytes > _stream.Length || at > _stream.Length
            || !_byName.TryAdd(name, new ZipEntry(name, isDeflated, packedBytes, bytes, at)))
        {
            throw Damaged();
        }

        return length;
    }

    /// <summary>The extra field with the numbers that do not fit into four bytes.</summary>
    private static ReadOnlySpan<byte> Zip64Sizes(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = UInt16(extra, 2);
            if (4 + length > extra.Length)
            {
                throw Damaged();
            }

            if (UInt16(extra, 0) == SizesOfZip64)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static long Size(uint value, ref ReadOnlySpan<byte> sizes)
    {
        if (value != uint.MaxValue)
        {
            return value;
        }

        if (sizes.Length < sizeof(long))
        {
            throw Damaged();
        }

        long size = Int64(sizes, 0);
        sizes = sizes[sizeof(long)..];
        return size;
    }

    private byte[] ReadAt(long at, long count)
    {
        if (at < 0 || count < 0 || at > _stream.Length || count > _stream.Length - at)
        {
            throw Damaged();
        }

        byte[] bytes = new byte[count];
        _stream.Position = at;
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
        return value >= 0 ? value : throw Damaged();
    }

    private static InvalidDataException Damaged() =>
        new("is damaged: the directory of the zip file does not fit the file; copy it again.");
}
