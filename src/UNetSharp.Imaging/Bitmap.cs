using System.Buffers.Binary;
using System.Numerics;
using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// A Windows bitmap (BMP, https://learn.microsoft.com/windows/win32/gdi/bitmap-storage): 1, 4 or 8 bit with a palette,
/// 16, 24 or 32 bit, not compressed. libvips reads these through ImageMagick alone, which is not always there and not
/// hardened. Nothing in the file is trusted: every place is checked against its length.
/// </summary>
internal sealed class Bitmap
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;
    private const int InfoHeaderBytes = 40;
    private const int RowAlignment = 4;
    private const uint Plain = 0, Masked = 3;

    private static readonly uint[] Masks555 = [0x7C00, 0x3E0, 0x1F];
    private static readonly uint[] Masks888 = [0xFF0000, 0xFF00, 0xFF];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _bits;
    private readonly bool _isTopDown;
    private readonly uint[] _masks;
    private readonly byte[] _palette;

    /// <summary>Reads all but the pixels.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or compressed.</exception>
    public Bitmap(ReadOnlyMemory<byte> file)
    {
        _file = file;
        uint headerBytes = Number(FileHeaderBytes);
        bool isCore = headerBytes == CoreHeaderBytes;
        if (!isCore && headerBytes is < InfoHeaderBytes or > byte.MaxValue)
        {
            throw new InvalidDataException($"its header claims {headerBytes} bytes");
        }

        const int Sizes = FileHeaderBytes + sizeof(uint);
        Width = isCore ? Short(Sizes) : (int)Number(Sizes);
        int rows = isCore ? Short(Sizes + 2) : (int)Number(Sizes + 4);
        _isTopDown = rows < 0;
        Height = rows == int.MinValue ? 0 : Math.Abs(rows);
        _bits = Short(isCore ? Sizes + 6 : Sizes + 10);
        uint compression = isCore ? Plain : Number(Sizes + 12);
        if (Width < 1 || Height < 1 || _bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw new InvalidDataException($"its header claims {Width}x{Height} pixels of {_bits} bit");
        }

        if (compression != Plain && (compression != Masked || _bits is not (16 or 32)))
        {
            throw new InvalidDataException("BMP files are read without compression only; save it as PNG");
        }

        _masks = compression == Masked
            ? [.. Enumerable.Range(0, 3).Select(i => Number(FileHeaderBytes + InfoHeaderBytes + (i * sizeof(uint))))]
            : _bits == 16 ? Masks555 : Masks888;
        _palette = _bits <= 8 ? Palette(headerBytes, isCore) : [];
        IsGrey = _bits <= 8 && _palette.Chunk(3).All(color => color[0] == color[1] && color[1] == color[2]);
        if (RowBytes > (file.Length - PixelsStart) / Height)
        {
            throw new InvalidDataException("it ends before its last pixel");
        }
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples of a pixel, 1 for a palette of greys, else 3.</summary>
    public int Channels => IsGrey ? 1 : 3;

    private bool IsGrey { get; }

    private long PixelsStart => Number(10);

    private long RowBytes => ((((long)Width * _bits) + 7) / 8 + RowAlignment - 1) / RowAlignment * RowAlignment;

    /// <summary>Reads the pixels.</summary>
    /// <exception cref="InvalidDataException">A pixel's colour is not in the palette.</exception>
    public Picture Decode()
    {
        float[] samples = new float[Width * Height * Channels];
        for (int row = 0; row < Height; row++)
        {
            long start = PixelsStart + ((_isTopDown ? row : Height - 1 - row) * RowBytes);
            ReadOnlySpan<byte> bytes = _file.Span.Slice((int)start, (int)RowBytes);
            Span<float> to = samples.AsSpan(row * Width * Channels, Width * Channels);
            if (_bits <= 8)
            {
                DecodeIndices(bytes, to);
            }
            else
            {
                DecodeColors(bytes, to);
            }
        }

        return new Picture(Width, Height, Channels, byte.MaxValue, samples);
    }

    private void DecodeIndices(ReadOnlySpan<byte> bytes, Span<float> to)
    {
        int perByte = 8 / _bits;
        for (int column = 0; column < Width; column++)
        {
            // The first pixel is in the highest bits.
            int shift = 8 - (_bits * ((column % perByte) + 1));
            int index = (bytes[column / perByte] >> shift) & ((1 << _bits) - 1);
            if (index >= _palette.Length / 3)
            {
                throw new InvalidDataException($"a pixel has color {index} of a palette of {_palette.Length / 3}");
            }

            for (int c = 0; c < Channels; c++)
            {
                to[(column * Channels) + c] = _palette[(index * 3) + c];
            }
        }
    }

    private void DecodeColors(ReadOnlySpan<byte> bytes, Span<float> to)
    {
        int pixelBytes = _bits / 8;
        for (int column = 0; column < Width; column++)
        {
            uint pixel = 0;
            for (int i = 0; i < pixelBytes; i++)
            {
                pixel |= (uint)bytes[(column * pixelBytes) + i] << (8 * i);
            }

            for (int c = 0; c < 3; c++)
            {
                to[(column * 3) + c] = Sample(pixel, _masks[c]);
            }
        }
    }

    /// <summary>The bits under a mask, from 0 to 255.</summary>
    private static float Sample(uint pixel, uint mask)
    {
        int shift = mask == 0 ? 0 : BitOperations.TrailingZeroCount(mask);
        ulong most = Math.Max(1, mask >> shift);
        return (((ulong)((pixel & mask) >> shift) * byte.MaxValue) + (most / 2)) / most;
    }

    /// <summary>Red, green and blue of every index.</summary>
    private byte[] Palette(uint headerBytes, bool isCore)
    {
        int entryBytes = isCore ? 3 : 4;
        uint claimed = isCore ? 0 : Number(FileHeaderBytes + 32);
        int count = claimed == 0 ? 1 << _bits : (int)Math.Min(claimed, 1U << _bits);
        long start = FileHeaderBytes + headerBytes;
        Require(start + ((long)count * entryBytes));
        byte[] palette = new byte[count * 3];
        for (int i = 0; i < palette.Length; i++)
        {
            (int entry, int c) = Math.DivRem(i, 3);
            palette[i] = _file.Span[(int)start + (entry * entryBytes) + 2 - c];
        }

        return palette;
    }

    private uint Number(int place)
    {
        Require(place + sizeof(uint));
        return BinaryPrimitives.ReadUInt32LittleEndian(_file.Span[place..]);
    }

    private int Short(int place)
    {
        Require(place + sizeof(ushort));
        return BinaryPrimitives.ReadUInt16LittleEndian(_file.Span[place..]);
    }

    private void Require(long length)
    {
        if (length > _file.Length)
        {
            throw new InvalidDataException("it ends within its header");
        }
    }
}
