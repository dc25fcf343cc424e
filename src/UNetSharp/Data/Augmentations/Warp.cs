namespace UNetSharp.Data.Augmentations;

/// <summary>
/// All moves of a sample in one pass, so that it is smoothed once: for every pixel of the part the place that it comes
/// from, mirrored at the border, then the image there by bilinear interpolation and the mask by its nearest pixel.
/// </summary>
internal sealed class Warp
{
    private float[] _down = [];
    private float[] _right = [];

    /// <summary>Writes a part of the sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="map">Where pixels come from.</param>
    /// <param name="field">Displacements, or null.</param>
    /// <param name="part">Size of the part.</param>
    /// <param name="image">The image's part, (height, width, channels).</param>
    /// <param name="mask">The mask's part, (height, width).</param>
    public void Apply(
        Sample sample, in AffineMap map, ElasticField? field, PictureSize part, Span<float> image, Span<float> mask)
    {
        Scratch.Grow(ref _down, part.Width);
        Scratch.Grow(ref _right, part.Width);
        Span<float> down = _down.AsSpan(0, part.Width);
        Span<float> right = _right.AsSpan(0, part.Width);
        down.Clear();
        right.Clear();
        (int height, int width) = sample.Size;
        int channels = sample.Channels;
        for (int i = 0; i < part.Height; i++)
        {
            field?.ComputeRow(i, down, right);
            for (int j = 0; j < part.Width; j++)
            {
                (double row, double column) = map.MapToSource(i + down[j], j + right[j]);
                row = MirroredBorder.Reflect(row, height - 1);
                column = MirroredBorder.Reflect(column, width - 1);
                int to = (i * part.Width) + j;
                mask[to] = sample.Mask[((int)(row + 0.5) * width) + (int)(column + 0.5)];
                Interpolate(sample, row, column, image.Slice(to * channels, channels));
            }
        }
    }

    private static void Interpolate(Sample sample, double row, double column, Span<float> pixel)
    {
        (int height, int width) = sample.Size;
        (int top, int left) = ((int)row, (int)column);
        (float down, float right) = ((float)(row - top), (float)(column - left));
        int channels = pixel.Length;
        int first = ((top * width) + left) * channels;
        int next = left + 1 < width ? channels : 0;
        int below = top + 1 < height ? width * channels : 0;
        float[] image = sample.Image;
        for (int c = 0; c < pixel.Length; c++)
        {
            int at = first + c;
            float upper = image[at] + (right * (image[at + next] - image[at]));
            float lower = image[at + below] + (right * (image[at + below + next] - image[at + below]));
            pixel[c] = upper + (down * (lower - upper));
        }
    }
}
