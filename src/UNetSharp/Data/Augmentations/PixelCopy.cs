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
    public void Apply(Sample sample, in AffineMap map, PictureSize part, Span<float> image, Span<float> mask)
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

    private void FillTables(PictureSize imageSize, in AffineMap map, PictureSize part)
    {
        Scratch.Grow(ref _byRow, part.Height);
        Scratch.Grow(ref _byColumn, part.Width);
        bool isTurned = map.RowByRow == 0;
        for (int i = 0; i < part.Height; i++)
        {
            _byRow[i] = isTurned
                ? SourceColumn(map.MapToSource(i, 0), imageSize)
                : SourceRow(map.MapToSource(i, 0), imageSize);
        }

        for (int j = 0; j < part.Width; j++)
        {
            _byColumn[j] = isTurned
                ? SourceRow(map.MapToSource(0, j), imageSize)
                : SourceColumn(map.MapToSource(0, j), imageSize);
        }
    }

    private static int SourceRow((double Row, double Column) source, PictureSize imageSize) =>
        MirroredBorder.Reflect((int)source.Row, imageSize.Height) * imageSize.Width;

    private static int SourceColumn((double Row, double Column) source, PictureSize imageSize) =>
        MirroredBorder.Reflect((int)source.Column, imageSize.Width);
}
