namespace UNetSharp.Data;

/// <summary>Pictures and maps in another size.</summary>
public static class Resampling
{
    /// <summary>
    /// Bilinear resizing without aliasing: each result pixel is the mean of the source pixels around its place, weighted
    /// by a triangle that is two source pixels wide when enlarging and widens with the factor when shrinking.
    /// </summary>
    /// <param name="samples">Values, (height, width, channels).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    /// <param name="channels">Values of a pixel.</param>
    public static float[] Bilinear(ReadOnlySpan<float> samples, PictureSize from, PictureSize to, int channels) =>
        Weighted(
            samples, from, to, channels, (source, result) => Triangles(source, result, Math.Max(1, (double)source / result)));

    /// <summary>
    /// Bilinear interpolation between the two nearest source pixels along each axis, also when shrinking: fine structures
    /// may be lost. Networks that have learnt from such images need the same.
    /// </summary>
    /// <param name="samples">Values, (height, width, channels).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    /// <param name="channels">Values of a pixel.</param>
    public static float[] Interpolated(ReadOnlySpan<float> samples, PictureSize from, PictureSize to, int channels) =>
        Weighted(samples, from, to, channels, (source, result) => Triangles(source, result, reach: 1));

    private static float[] Weighted(
        ReadOnlySpan<float> samples,
        PictureSize from,
        PictureSize to,
        int channels,
        Func<int, int, (int First, float[] Weights)[]> triangles)
    {
        if (from == to)
        {
            return samples.ToArray();
        }

        (int First, float[] Weights)[] across = triangles(from.Width, to.Width);
        (int First, float[] Weights)[] down = triangles(from.Height, to.Height);
        float[] narrow = new float[from.Height * to.Width * channels];
        for (int row = 0; row < from.Height; row++)
        {
            for (int j = 0; j < to.Width; j++)
            {
                Span<float> result = narrow.AsSpan(((row * to.Width) + j) * channels, channels);
                AddWeighted(samples[(row * from.Width * channels)..], channels, channels, across[j], result);
            }
        }

        float[] resized = new float[to.Height * to.Width * channels];
        int rowFloats = to.Width * channels;
        for (int i = 0; i < to.Height; i++)
        {
            AddWeighted(narrow, rowFloats, rowFloats, down[i], resized.AsSpan(i * rowFloats, rowFloats));
        }

        return resized;
    }

    /// <summary>The value of the nearest pixel: class indices stay what they are.</summary>
    /// <param name="values">Values, (height, width).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    public static byte[] Nearest(ReadOnlySpan<byte> values, PictureSize from, PictureSize to)
    {
        byte[] resized = new byte[to.Height * to.Width];
        for (int i = 0; i < to.Height; i++)
        {
            int row = (int)((i + 0.5) * from.Height / to.Height);
            for (int j = 0; j < to.Width; j++)
            {
                resized[(i * to.Width) + j] = values[(row * from.Width) + (int)((j + 0.5) * from.Width / to.Width)];
            }
        }

        return resized;
    }

    private static (int First, float[] Weights)[] Triangles(int from, int to, double reach)
    {
        double scale = (double)from / to;
        var triangles = new (int First, float[] Weights)[to];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - reach + 0.5));
            int end = Math.Min(from, (int)(center + reach + 0.5));
            double[] weights =
            [
                .. Enumerable.Range(first, end - first)
                    .Select(k => Math.Max(0, 1 - Math.Abs((k + 0.5 - center) / reach))),
            ];
            double sum = weights.Sum();
            triangles[i] = (first, [.. weights.Select(weight => (float)(weight / sum))]);
        }

        return triangles;
    }

    private static void AddWeighted(
        ReadOnlySpan<float> from, int step, int count, (int First, float[] Weights) triangle, Span<float> to)
    {
        for (int k = 0; k < triangle.Weights.Length; k++)
        {
            ReadOnlySpan<float> pixel = from.Slice((triangle.First + k) * step, count);
            for (int c = 0; c < count; c++)
            {
                to[c] += triangle.Weights[k] * pixel[c];
            }
        }
    }
}
