using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Imaging;

/// <summary>
/// Which directories of a TIFF file are its pages (TIFF 6.0, section 2; BigTIFF). One whose NewSubfileType (tag 254)
/// says that it is a smaller copy, or a mask of transparency, is none; of stacks with several channels (ImageJ's
/// description, OME-XML) those of the first channel are.
/// </summary>
internal sealed partial class TiffPages
{
    private const int MaxDirectories = 1 << 16;
    private const int MaxText = 1 << 20;
    private const int SubfileTag = 254;
    private const int DescriptionTag = 270;
    private const int ReducedOrMask = 1 | 4;

    [ThreadStatic]
    private static TiffPages? _lastPages;

    [ThreadStatic]
    private static (string Path, long Length, DateTime Written) _lastFile;

    private readonly IReadOnlyList<int> _pages;
    private readonly int _stride;

    private TiffPages(IReadOnlyList<int> pages, int channels, int stride)
    {
        (_pages, Channels, _stride) = (pages, channels, stride);
        Directories = [.. pages.Where((_, i) => i / stride % channels == 0)];
    }

    /// <summary>Number of the directory of each page.</summary>
    public IReadOnlyList<int> Directories { get; }

    /// <summary>Channels of the stack of which the first is taken.</summary>
    public int Channels { get; }

    /// <summary>Reads the directories of a file; those of the file before are kept, for its next page.</summary>
    /// <exception cref="InvalidDataException">They make no sense.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TiffPages Read(string path)
    {
        FileInfo file = new(path);
        (string, long, DateTime) state = file.Exists ? (path, file.Length, file.LastWriteTimeUtc) : (path, 0, default);
        if (_lastPages is null || _lastFile != state)
        {
            (_lastPages, _lastFile) = (ReadAll(path), state);
        }

        return _lastPages;
    }

    private static TiffPages ReadAll(string path)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        Reader reader = new(stream);
        List<(int Index, long Subfile)> all = [];
        string description = "";
        HashSet<long> seen = [];
        for (long at = reader.First; at != 0 && all.Count < MaxDirectories && seen.Add(at);)
        {
            (long subfile, string? text, at) = reader.ReadDirectory(at, isFirst: all.Count == 0);
            description = text ?? description;
            all.Add((all.Count, subfile));
        }

        int[] pages = [.. all.Where(page => (page.Subfile & ReducedOrMask) == 0).Select(page => page.Index)];
        pages = pages.Length == 0 ? [0] : pages;
        (int channels, int stride) = FindChannels(description, pages.Length);
        return channels > 1 && pages.Length % channels == 0
            ? new TiffPages(pages, channels, stride)
            : new TiffPages(pages, 1, 1);
    }

    /// <summary>The directory of a page.</summary>
    /// <exception cref="DataException">There is no such page.</exception>
    public int GetDirectory(string path, int page) => page < Directories.Count
        ? Directories[page]
        : throw new DataException($"{path}: has {Directories.Count} pages; there is no page {page}.");

    /// <summary>The directories of all channels of a page.</summary>
    /// <exception cref="DataException">There is no such page.</exception>
    public IReadOnlyList<int> GetChannels(string path, int page)
    {
        int first = GetDirectory(path, page);
        int index = Enumerable.Range(0, _pages.Count).First(i => _pages[i] == first);
        return [.. Enumerable.Range(0, Channels).Select(channel => _pages[index + (channel * _stride)])];
    }

    /// <summary>Channels of a stack, and how many pages lie between those of one channel and the next.</summary>
    private static (int Channels, int Stride) FindChannels(string description, int pages)
    {
        if (description.StartsWith("ImageJ=", StringComparison.Ordinal))
        {
            return (Number(ImageJChannels().Match(description)), 1);
        }

        Match order = OmeOrder().Match(description);
        int channels = Number(OmeChannels().Match(description));
        if (!order.Success || channels < 2)
        {
            return (1, 1);
        }

        // Of XYZCT the pages of a channel are as many as there are slices, one after another.
        int stride = 1;
        foreach (char axis in order.Groups[1].Value.TakeWhile(axis => axis != 'C'))
        {
            stride *= axis switch
            {
                'Z' => Number(OmeSlices().Match(description)),
                'T' => Number(OmeTimes().Match(description)),
                _ => 1,
            };
        }

        return stride > 0 && stride <= pages ? (channels, stride) : (1, 1);
    }

    private static int Number(Match match) => match.Success
        && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number > 0 ? number : 1;

    [GeneratedRegex(@"^channels=(\d{1,4})\s*$", RegexOptions.Multiline)]
    private static partial Regex ImageJChannels();

    [GeneratedRegex("DimensionOrder=\"XY([CZT]{3})\"")]
    private static partial Regex OmeOrder();

    [GeneratedRegex("SizeC=\"(\\d{1,4})\"")]
    private static partial Regex OmeChannels();

    [GeneratedRegex("SizeZ=\"(\\d{1,6})\"")]
    private static partial Regex OmeSlices();

    [GeneratedRegex("SizeT=\"(\\d{1,6})\"")]
    private static partial Regex OmeTimes();

    /// <summary>Numbers of a TIFF file, in its order of bytes.</summary>
    private sealed class Reader
    {
        private const int Ascii = 2;

        private readonly FileStream _stream;
        private readonly bool _isLittle;
        private readonly bool _isBig;

        public Reader(FileStream stream)
        {
            _stream = stream;
            Span<byte> head = stackalloc byte[16];
            stream.ReadAtLeast(head, 8, throwOnEndOfStream: false);
            _isLittle = head[0] == 'I';
            _isBig = UInt16(head[2..]) == 43;
            First = _isBig ? (long)UInt64(head[8..]) : UInt32(head[4..]);
        }

        /// <summary>Where the first directory is.</summary>
        public long First { get; }

        /// <summary>Kind of a page, its description, and where the next directory is.</summary>
        public (long Subfile, string? Description, long Next) ReadDirectory(long at, bool isFirst)
        {
            int entrySize = _isBig ? 20 : 12;
            long count = _isBig ? (long)UInt64(Bytes(at, 8)) : UInt16(Bytes(at, 2));
            if (count is < 1 or > 4096)
            {
                throw new InvalidDataException("a directory makes no sense");
            }

            byte[] entries = Bytes(at + (_isBig ? 8 : 2), ((int)count * entrySize) + (_isBig ? 8 : 4));
            (long subfile, string? description) = (0, null);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> entry = entries.AsSpan(i * entrySize, entrySize);
                ReadOnlySpan<byte> value = entry[(_isBig ? 12 : 8)..];
                int tag = UInt16(entry);
                if (tag == SubfileTag)
                {
                    subfile = UInt32(value);
                }
                else if (tag == DescriptionTag && isFirst && UInt16(entry[2..]) == Ascii)
                {
                    long length = _isBig ? (long)UInt64(entry[4..]) : UInt32(entry[4..]);
                    long offset = _isBig ? (long)UInt64(value) : UInt32(value);
                    description = length > entrySize && length <= MaxText
                        ? System.Text.Encoding.UTF8.GetString(Bytes(offset, (int)length))
                        : null;
                }
            }

            ReadOnlySpan<byte> next = entries.AsSpan((int)count * entrySize);
            return (subfile, description, _isBig ? (long)UInt64(next) : UInt32(next));
        }

        private byte[] Bytes(long at, int count)
        {
            byte[] bytes = new byte[count];
            if (at < 0 || at > _stream.Length - count)
            {
                throw new InvalidDataException("it ends too early");
            }

            _stream.Position = at;
            _stream.ReadExactly(bytes);
            return bytes;
        }

        private ushort UInt16(ReadOnlySpan<byte> bytes) => _isLittle
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
            : BinaryPrimitives.ReadUInt16BigEndian(bytes);

        private uint UInt32(ReadOnlySpan<byte> bytes) => _isLittle
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
            : BinaryPrimitives.ReadUInt32BigEndian(bytes);

        private ulong UInt64(ReadOnlySpan<byte> bytes) => _isLittle
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
