using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// Rows of samples with the outlines of their masks. A row's first sample decides how dark pictures are stretched for
/// the eye, so that changes of brightness can be told.
/// </summary>
public static class AugmentationSheet
{
    private const int CellSide = 256;
    private const int Gutter = 8;
    private const byte Ground = 245;
    private const double CutShare = 0.002;

    // Vermilion of Okabe and Ito: seen on both kinds of tissue, the dark and the purple.
    private static readonly byte[] Outline = [213, 94, 0];

    /// <summary>Draws the sheet.</summary>
    /// <param name="rows">Samples that stand side by side; the original first.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(IReadOnlyList<IReadOnlyList<Sample>> rows)
    {
        var size = new PictureSize(Span(rows.Count), Span(rows.Max(row => row.Count)));
        byte[] sheet = new byte[size.Height * size.Width * 3];
        Array.Fill(sheet, Ground);
        for (int i = 0; i < rows.Count; i++)
        {
            (float low, float high) = Range(rows[i][0].Image);
            for (int j = 0; j < rows[i].Count; j++)
            {
                DrawCell(sheet, size, i, j, rows[i][j], low, high);
            }
        }

        return (sheet, size);
    }

    private static int Span(int cells) => Gutter + (cells * (CellSide + Gutter));

    /// <summary>Resized before the outline is drawn, so that this stays one pixel wide.</summary>
    private static void DrawCell(byte[] sheet, PictureSize size, int i, int j, Sample sample, float low, float high)
    {
        double scale = Math.Min((double)CellSide / sample.Size.Width, (double)CellSide / sample.Size.Height);
        PictureSize cell = new(
            Math.Max(1, (int)(sample.Size.Height * scale)), Math.Max(1, (int)(sample.Size.Width * scale)));
        float[] image = Resampling.Bilinear(sample.Image, sample.Size, cell, sample.Channels);
        byte[] mask = Resampling.Nearest(sample.Mask, sample.Size, cell);
        int top = Span(i) + ((CellSide - cell.Height) / 2);
        int left = Span(j) + ((CellSide - cell.Width) / 2);
        for (int row = 0; row < cell.Height; row++)
        {
            for (int column = 0; column < cell.Width; column++)
            {
                Span<byte> pixel = sheet.AsSpan((((top + row) * size.Width) + left + column) * 3, 3);
                int at = (row * cell.Width) + column;
                if (IsEdge(mask, cell, row, column))
                {
                    Outline.CopyTo(pixel);
                    continue;
                }

                for (int c = 0; c < 3; c++)
                {
                    float value = image[(at * sample.Channels) + (sample.Channels == 3 ? c : 0)];
                    pixel[c] = (byte)Math.Clamp(MathF.Round((value - low) / (high - low) * 255), 0, 255);
                }
            }
        }
    }

    private static (float Low, float High) Range(float[] image)
    {
        float[] sorted = [.. image];
        Array.Sort(sorted);
        int cut = (int)(sorted.Length * CutShare);
        (float low, float high) = (sorted[cut], sorted[^(cut + 1)]);
        return high > low && high - low < 0.5f ? (low, high) : (0, 1);
    }

    /// <summary>Whether a pixel of the foreground has a neighbour of another class.</summary>
    private static bool IsEdge(byte[] mask, PictureSize size, int row, int column)
    {
        int at = (row * size.Width) + column;
        byte own = mask[at];
        return own != 0
            && ((row > 0 && mask[at - size.Width] != own)
                || (row < size.Height - 1 && mask[at + size.Width] != own)
                || (column > 0 && mask[at - 1] != own)
                || (column < size.Width - 1 && mask[at + 1] != own));
    }
}
