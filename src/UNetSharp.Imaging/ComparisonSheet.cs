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
            Place(sheet, size, i, 0, picture, Overlay.Display(picture));
            Place(sheet, size, i, 1, picture, Overlay.Draw(picture, truth));
            Place(sheet, size, i, 2, picture, Overlay.Draw(picture, prediction));
        }

        return (sheet, size);
    }

    private static int Span(int cells) => Gutter + (cells * (CellSide + Gutter));

    private static void Place(byte[] sheet, PictureSize size, int row, int column, Picture picture, byte[] rgb)
    {
        double scale = Math.Min((double)CellSide / picture.Width, (double)CellSide / picture.Height);
        var cell = new PictureSize(
            Math.Max(1, (int)(picture.Height * scale)), Math.Max(1, (int)(picture.Width * scale)));
        float[] resized = Resampling.Bilinear(
            Array.ConvertAll(rgb, value => (float)value), new PictureSize(picture.Height, picture.Width), cell, 3);
        int top = Span(row) + ((CellSide - cell.Height) / 2);
        int left = Span(column) + ((CellSide - cell.Width) / 2);
        for (int i = 0; i < cell.Height; i++)
        {
            for (int j = 0; j < cell.Width * 3; j++)
            {
                sheet[((((top + i) * size.Width) + left) * 3) + j] =
                    (byte)MathF.Round(resized[(i * cell.Width * 3) + j]);
            }
        }
    }
}
