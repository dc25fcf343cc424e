using System.Buffers.Binary;
using System.IO.Compression;
using UNetSharp.Data;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// A PNG file (https://www.w3.org/TR/png-3), written here because libvips chooses palettes itself, and pixels of a
/// mask must stay class indices. The image is one zlib stream over rows, each less the row above (filter Up): masks
/// become zeros.
/// </summary>
internal sealed class PngRowFile : RowFile
{
    private const byte FilterUp = 2;
    private const int ChunkBytes = 1 << 16;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private readonly byte[] _above;
    private readonly byte[] _filtered;
    private readonly BufferedStream _chunks;
    private readonly ZLibStream _data;

    public PngRowFile(string path, PictureSize size, RowFormat format)
        : base(path, size, format)
    {
        _above = new byte[RowBytes];
        _filtered = new byte[1 + RowBytes];
        _chunks = new BufferedStream(new DataChunks(File), ChunkBytes);
        _data = new ZLibStream(_chunks, CompressionLevel.Fastest);
        WriteStart(WriteHeader);
    }

    protected override void WriteRow(ReadOnlySpan<byte> row)
    {
        _filtered[0] = FilterUp;
        for (int i = 0; i < row.Length; i++)
        {
            _filtered[1 + i] = (byte)(row[i] - _above[i]);
        }

        _data.Write(_filtered);
        row.CopyTo(_above);
    }

    protected override void WriteEnd()
    {
        _data.Dispose(); // and the chunks with it
        WriteChunk(File, "IEND"u8, []);
    }

    private void WriteHeader()
    {
        File.Write(Signature);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Size.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Size.Height);
        header[8] = (byte)Format.Bits;
        header[9] = (byte)(Format.Palette is not null ? 3 : Format.Channels == 3 ? 2 : 0);
        WriteChunk(File, "IHDR"u8, header);
        if (Format.Palette is { } colors)
        {
            WriteChunk(File, "PLTE"u8, [.. colors.SelectMany(color => new[] { color.R, color.G, color.B })]);
        }
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc32.Continue(Crc32.Continue(uint.MaxValue, type), data));
        file.Write(number);
    }

    /// <summary>Makes an IDAT chunk of all that is written at once.</summary>
    private sealed class DataChunks(Stream file) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => WriteChunk(file, "IDAT"u8, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
