using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>Rows of picture, truth and prediction side by side, drawn at one height on a light ground.</summary>
public static class ComparisonSheet
{
    private const int CellSide = 256;
    private const int Gutter = 8;
    private const byte Ground = 245;
    private const int Columns = 3;

    /// <summary>Draws the sheet.</summary>
    /// <param name="rows">Picture, true classes and predicted classes.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(
        IReadOnlyList<(Picture Picture, byte[] Truth, byte[] Prediction)> rows)
    {
        var size = new PictureSize(Span(rows.Count), Span(Columns));
        byte[] sheet = new byte[size.Height * size.Width * 3];
        Array.Fill(sheet, Ground);
        for (int i = 0; i < rows.Count; i++)
        {
            (Picture picture, byte[] truth, byte[] prediction) = rows[i];
            var own = new PictureSize(picture.Height, picture.Width);
            PictureSize cell = Fitted(own);
            Picture small = Resized(picture, own, cell);
            Place(sheet, size, i, 0, cell, Overlay.Display(small));
            Place(sheet, size, i, 1, cell, Overlay.Draw(small, Resampling.Nearest(truth, own, cell)));
            Place(sheet, size, i, 2, cell, Overlay.Draw(small, Resampling.Nearest(prediction, own, cell)));
        }

        return (sheet, size);
    }

    private static int Span(int cells) => Gutter + (cells * (CellSide + Gutter));

    /// <summary>The largest size of the same shape that a cell has room for.</summary>
    private static PictureSize Fitted(PictureSize own)
    {
        double scale = Math.Min((double)CellSide / own.Width, (double)CellSide / own.Height);
        return new PictureSize(Math.Max(1, (int)(own.Height * scale)), Math.Max(1, (int)(own.Width * scale)));
    }

    /// <summary>Resized before masks are drawn, so that outlines stay one pixel wide and in full colour.</summary>
    private static Picture Resized(Picture picture, PictureSize own, PictureSize cell) => new(
        cell.Width, cell.Height, picture.Channels, picture.FullScale,
        Resampling.Bilinear(picture.Samples, own, cell, picture.Channels));

    private static void Place(byte[] sheet, PictureSize size, int row, int column, PictureSize cell, byte[] rgb)
    {
        int top = Span(row) + ((CellSide - cell.Height) / 2);
        int left = Span(column) + ((CellSide - cell.Width) / 2);
        for (int i = 0; i < cell.Height; i++)
        {
            rgb.AsSpan(i * cell.Width * 3, cell.Width * 3).CopyTo(sheet.AsSpan((((top + i) * size.Width) + left) * 3));
        }
    }
}
