using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>Pairs of a data set side by side, the outlines of the masks over the images.</summary>
public static class PairSheet
{
    /// <summary>Pairs in a row.</summary>
    public const int Columns = 6;

    /// <summary>Draws the sheet.</summary>
    /// <param name="pairs">Samples, drawn row by row.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(IReadOnlyList<Sample> pairs)
    {
        Sheet sheet = new((pairs.Count + Columns - 1) / Columns, Math.Min(Columns, pairs.Count));
        for (int i = 0; i < pairs.Count; i++)
        {
            Sample pair = pairs[i];
            Picture small =
                Sheet.FitToCell(new Picture(pair.Size.Width, pair.Size.Height, pair.Channels, 1, pair.Image));
            var cell = new PictureSize(small.Height, small.Width);
            byte[] rgb = Overlay.ToRgb(small);
            Overlay.Outline(rgb, Resampling.ResizeNearest(pair.Mask, pair.Size, cell), cell);
            sheet.Place(i / Columns, i % Columns, cell, rgb);
        }

        return sheet.GetPixels();
    }
}
