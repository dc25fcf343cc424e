using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>Small pictures in rows and columns on a light ground, each in a cell of 256 x 256 pixels.</summary>
internal sealed class Sheet
{
    private const int CellSide = 256;
    private const int Gutter = 8;
    private const byte Ground = 245;

    private readonly byte[] _pixels;
    private readonly PictureSize _size;

    /// <summary>An empty sheet.</summary>
    public Sheet(int rows, int columns)
    {
        _size = new PictureSize(Start(rows), Start(columns));
        _pixels = new byte[_size.Height * _size.Width * 3];
        Array.Fill(_pixels, Ground);
    }

    /// <summary>The largest size of the same shape that a cell has room for.</summary>
    public static PictureSize FitToCell(PictureSize size)
    {
        double scale = Math.Min((double)CellSide / size.Width, (double)CellSide / size.Height);
        return new PictureSize(Math.Max(1, (int)(size.Height * scale)), Math.Max(1, (int)(size.Width * scale)));
    }

    /// <summary>A picture in the size of its cell, on which a mask's outline drawn now is one pixel wide.</summary>
    public static Picture FitToCell(Picture picture)
    {
        var size = new PictureSize(picture.Height, picture.Width);
        PictureSize cell = FitToCell(size);
        return new Picture(
            cell.Width, cell.Height, picture.Channels, picture.FullScale,
            Resampling.ResizeAntialiased(picture.Samples, size, cell, picture.Channels));
    }

    /// <summary>Puts a picture of a fitted size into a cell.</summary>
    public void Place(int row, int column, PictureSize cell, ReadOnlySpan<byte> rgb)
    {
        int top = Start(row) + ((CellSide - cell.Height) / 2);
        int left = Start(column) + ((CellSide - cell.Width) / 2);
        for (int i = 0; i < cell.Height; i++)
        {
            Span<byte> to = _pixels.AsSpan((((top + i) * _size.Width) + left) * 3, cell.Width * 3);
            rgb.Slice(i * cell.Width * 3, cell.Width * 3).CopyTo(to);
        }
    }

    /// <summary>The drawn sheet: 8-bit RGB, (height, width, 3), and its size.</summary>
    public (byte[] Pixels, PictureSize Size) GetPixels() => (_pixels, _size);

    private static int Start(int cells) => Gutter + (cells * (CellSide + Gutter));
}
