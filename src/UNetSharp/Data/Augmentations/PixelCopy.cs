namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Crops, flips, quarter turns and shifts by whole pixels: every pixel of the part is one of the sample, mirrored at
/// its border. The source's row follows from the part's row alone or, after a quarter turn, from its column alone, so
/// its index is the sum of two table entries.
/// </summary>
internal sealed class PixelCopy
{
    private int[] _byRow = [];
    private int[] _byColumn = [];

    /// <summary>Writes a part of the sample.</summary>
    public void Run(Sample sample, in AffineMap map, PictureSize part, Span<float> image, Span<float> mask)
    {
        FillTables(sample.Size, map, part);
        int channels = sample.Channels;
        int to = 0;
        for (int i = 0; i < part.Height; i++)
        {
            for (int j = 0; j < part.Width; j++, to++)
            {
                int from = _byRow[i] + _byColumn[j];
                mask[to] = sample.Mask[from];
                for (int c = 0; c < channels; c++)
                {
                    image[(to * channels) + c] = sample.Image[(from * channels) + c];
                }
            }
        }
    }

    private void FillTables(PictureSize whole, in AffineMap map, PictureSize part)
    {
        Scratch.Grow(ref _byRow, part.Height);
        Scratch.Grow(ref _byColumn, part.Width);
        bool isTurned = map.RowByRow == 0;
        for (int i = 0; i < part.Height; i++)
        {
            _byRow[i] = isTurned ? ColumnOf(map.Source(i, 0), whole) : RowOf(map.Source(i, 0), whole);
        }

        for (int j = 0; j < part.Width; j++)
        {
            _byColumn[j] = isTurned ? RowOf(map.Source(0, j), whole) : ColumnOf(map.Source(0, j), whole);
        }
    }

    private static int RowOf((double Row, double Column) source, PictureSize whole) =>
        MirroredBorder.Of((int)source.Row, whole.Height) * whole.Width;

    private static int ColumnOf((double Row, double Column) source, PictureSize whole) =>
        MirroredBorder.Of((int)source.Column, whole.Width);
}
