using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>A light ground to place pictures, lines and words on: 8-bit RGB. What falls outside is cut off.</summary>
internal sealed class Canvas
{
    private const byte Ground = 245;

    private static readonly (byte R, byte G, byte B) Ink = (30, 30, 30);

    private readonly byte[] _pixels;

    /// <summary>An empty ground.</summary>
    public Canvas(PictureSize size)
    {
        Size = size;
        _pixels = new byte[size.Height * size.Width * 3];
        Array.Fill(_pixels, Ground);
    }

    /// <summary>Height and width.</summary>
    public PictureSize Size { get; }

    /// <summary>The pixels, (height, width, 3).</summary>
    public byte[] Pixels => _pixels;

    /// <summary>Sets a pixel, or mixes a colour into it.</summary>
    public void Set(int row, int column, (byte R, byte G, byte B) color, float share = 1)
    {
        if (row >= 0 && row < Size.Height && column >= 0 && column < Size.Width)
        {
            Overlay.Blend(_pixels.AsSpan(((row * Size.Width) + column) * 3, 3), color, share);
        }
    }

    /// <summary>Places a picture.</summary>
    public void Place(int top, int left, PictureSize size, ReadOnlySpan<byte> rgb)
    {
        for (int i = 0; i < size.Height * size.Width; i++)
        {
            Set(top + (i / size.Width), left + (i % size.Width), (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]));
        }
    }

    /// <summary>Writes a line of text.</summary>
    /// <param name="middle">Row of the middle of its letters.</param>
    /// <param name="left">Column at which it begins, or with an anchor of 1 ends.</param>
    /// <param name="text">The text.</param>
    /// <param name="anchor">Share of its width that lies to the left of the column.</param>
    public void Write(int middle, int left, string text, double anchor = 0)
    {
        (byte[] cover, int width) = Letters.Draw(text);
        (int top, int start) = (middle - (Letters.Height / 2), left - (int)(anchor * width));
        for (int i = 0; i < cover.Length; i++)
        {
            Set(top + (i / width), start + (i % width), Ink, cover[i] / 255f);
        }
    }
}
