using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>Rows of picture, truth and prediction side by side, drawn at one height on a light ground.</summary>
public static class ComparisonSheet
{
    private const int Columns = 3;

    /// <summary>Draws the sheet.</summary>
    /// <param name="rows">Picture, true classes and predicted classes.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(
        IReadOnlyList<(Picture Picture, byte[] Truth, byte[] Prediction)> rows)
    {
        Sheet sheet = new(rows.Count, Columns);
        for (int i = 0; i < rows.Count; i++)
        {
            (Picture picture, byte[] truth, byte[] prediction) = rows[i];
            var own = new PictureSize(picture.Height, picture.Width);
            Picture small = Sheet.FitToCell(picture);
            var cell = new PictureSize(small.Height, small.Width);
            sheet.Place(i, 0, cell, Overlay.ToRgb(small));
            sheet.Place(i, 1, cell, Overlay.Draw(small, Resampling.ResizeNearest(truth, own, cell)));
            sheet.Place(i, 2, cell, Overlay.Draw(small, Resampling.ResizeNearest(prediction, own, cell)));
        }

        return sheet.GetPixels();
    }
}
