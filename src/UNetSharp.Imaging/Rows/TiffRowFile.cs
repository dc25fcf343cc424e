using System.Buffers.Binary;
using System.IO.Compression;
using UNetSharp.Data;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// A TIFF file (revision 6.0, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf), high bytes first: strips
/// of rows, each deflated by itself, and the directory after them. What could pass 4 GB becomes a BigTIFF
/// (https://www.awaresystems.be/imaging/tiff/bigtiff.html), whose numbers have 64 bit.
/// </summary>
internal sealed class TiffRowFile : RowFile
{
    private const int StripBytes = 1 << 18;
    private const long MaxClassicBytes = 4_000_000_000;
    private const int Short = 3;
    private const int Long = 4;
    private const int Long8 = 16;
    private const int Deflate = 8;

    private readonly bool _isBig;
    private readonly int _rowsOfStrip;
    private readonly MemoryStream _strip = new();
    private readonly List<ulong> _offsets = [];
    private readonly List<ulong> _counts = [];
    private int _rows;

    public TiffRowFile(string path, PictureSize size, RowFormat format, long maxClassicBytes = MaxClassicBytes)
        : base(path, size, format)
    {
        _isBig = (long)size.Height * RowBytes > maxClassicBytes;
        _rowsOfStrip = Math.Clamp(StripBytes / RowBytes, 1, size.Height);
        WriteStart(() => WriteHeader(directory: 0));
    }

    protected override void WriteRow(ReadOnlySpan<byte> row)
    {
        _strip.Write(row);
        if (++_rows % _rowsOfStrip == 0)
        {
            WriteStrip();
        }
    }

    protected override void WriteEnd()
    {
        if (_strip.Length > 0)
        {
            WriteStrip();
        }

        int wide = _isBig ? Long8 : Long;
        List<Entry> entries =
        [
            new(256, Long, [(ulong)Size.Width]),
            new(257, Long, [(ulong)Size.Height]),
            new(258, Short, [.. Enumerable.Repeat((ulong)Format.Bits, Format.Channels)]),
            new(259, Short, [Deflate]),
            new(262, Short, [Format.Palette is not null ? 3UL : Format.Channels == 3 ? 2UL : 1UL]),
            new(273, wide, [.. _offsets]),
            new(277, Short, [(ulong)Format.Channels]),
            new(278, Long, [(ulong)_rowsOfStrip]),
            new(279, wide, [.. _counts]),
            new(284, Short, [1]),
        ];
        if (Format.Palette is { } colors)
        {
            entries.Add(new Entry(320, Short, ColorMap(colors)));
        }

        // Values that do not fit into their entries come first.
        ulong[] places = [.. entries.Select(WriteValues)];
        ulong directory = AlignPosition();
        Number(entries.Count, _isBig ? 8 : 2);
        foreach ((Entry entry, ulong place) in entries.Zip(places))
        {
            Number(entry.Tag, 2);
            Number(entry.Type, 2);
            Number(entry.Values.Length, OffsetBytes);
            if (IsInside(entry))
            {
                WriteNumbers(entry);
                File.Write(new byte[OffsetBytes - entry.Bytes]);
            }
            else
            {
                Number((long)place, OffsetBytes);
            }
        }

        Number(0, OffsetBytes); // no further directory
        File.Position = 0;
        WriteHeader(directory);
    }

    /// <summary>Bytes of an offset.</summary>
    private int OffsetBytes => _isBig ? 8 : 4;

    private void WriteHeader(ulong directory)
    {
        File.Write("MM"u8);
        Number(_isBig ? 43 : 42, 2);
        if (_isBig)
        {
            Number(8, 2); // bytes of an offset
            Number(0, 2);
        }

        Number((long)directory, OffsetBytes);
    }

    private void WriteStrip()
    {
        _offsets.Add((ulong)File.Position);
        using (ZLibStream data = new(File, CompressionLevel.Fastest, leaveOpen: true))
        {
            data.Write(_strip.GetBuffer().AsSpan(0, (int)_strip.Length));
        }

        _counts.Add((ulong)File.Position - _offsets[^1]);
        _strip.SetLength(0);
    }

    private ulong WriteValues(Entry entry)
    {
        if (IsInside(entry))
        {
            return 0;
        }

        ulong place = AlignPosition();
        WriteNumbers(entry);
        return place;
    }

    private bool IsInside(Entry entry) => entry.Bytes <= OffsetBytes;

    private void WriteNumbers(Entry entry)
    {
        foreach (ulong value in entry.Values)
        {
            Number((long)value, entry.ValueBytes);
        }
    }

    /// <summary>The place of what comes next, at an even offset as the format asks for.</summary>
    private ulong AlignPosition()
    {
        if (File.Position % 2 == 1)
        {
            File.WriteByte(0);
        }

        return (ulong)File.Position;
    }

    private void Number(long value, int bytes)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, value);
        File.Write(number[^bytes..]);
    }

    /// <summary>All reds, all greens, all blues, in 16 bit, for each value that a byte can have.</summary>
    private static ulong[] ColorMap(IReadOnlyList<(byte R, byte G, byte B)> colors)
    {
        const int Values = 256;
        const int To16Bit = 257;
        ulong[] map = new ulong[3 * Values];
        for (int i = 0; i < colors.Count; i++)
        {
            map[i] = colors[i].R * (ulong)To16Bit;
            map[Values + i] = colors[i].G * (ulong)To16Bit;
            map[(2 * Values) + i] = colors[i].B * (ulong)To16Bit;
        }

        return map;
    }

    private sealed record Entry(int Tag, int Type, ulong[] Values)
    {
        public int ValueBytes => Type == Short ? 2 : Type == Long ? 4 : 8;

        public int Bytes => Values.Length * ValueBytes;
    }
}
