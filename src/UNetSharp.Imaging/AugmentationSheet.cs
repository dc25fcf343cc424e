using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// Rows of samples with the outlines of their masks. A row's first sample decides how dark pictures are stretched for
/// the eye, so that changes of brightness can be told.
/// </summary>
public static class AugmentationSheet
{
    /// <summary>Draws the sheet.</summary>
    /// <param name="rows">Samples that stand side by side; the original first.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(IReadOnlyList<IReadOnlyList<Sample>> rows)
    {
        Sheet sheet = new(rows.Count, rows.Max(row => row.Count));
        for (int i = 0; i < rows.Count; i++)
        {
            var contrast = Contrast.Of(rows[i][0].Image, fullScale: 1);
            for (int j = 0; j < rows[i].Count; j++)
            {
                Sample sample = rows[i][j];
                PictureSize cell = Sheet.Fitted(sample.Size);
                float[] image = Resampling.Bilinear(sample.Image, sample.Size, cell, sample.Channels);
                byte[] rgb = contrast.Display(image, sample.Channels);
                Overlay.Outline(rgb, Resampling.Nearest(sample.Mask, sample.Size, cell), cell);
                sheet.Place(i, j, cell, rgb);
            }
        }

        return sheet.Drawn();
    }
}
