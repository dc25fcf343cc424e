using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// Rows of samples with the outlines of their masks. A row's first sample decides how dark pictures are stretched for
/// the eye, so that changes of brightness are visible.
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
            var contrast = Contrast.FromSamples(rows[i][0].Image, fullScale: 1);
            for (int j = 0; j < rows[i].Count; j++)
            {
                Sample sample = rows[i][j];
                PictureSize cell = Sheet.FitToCell(sample.Size);
                float[] image = Resampling.ResizeAntialiased(sample.Image, sample.Size, cell, sample.Channels);
                byte[] rgb = contrast.ToRgb(image, sample.Channels);
                Overlay.Outline(rgb, Resampling.ResizeNearest(sample.Mask, sample.Size, cell), cell);
                sheet.Place(i, j, cell, rgb);
            }
        }

        return sheet.GetPixels();
    }
}
