namespace UNetSharp.Data;

/// <summary>Pictures and maps in another size.</summary>
public static class Resampling
{
    /// <summary>
    /// Bilinear resizing without aliasing: each result pixel is the mean of the source pixels around its place,
    /// weighted by a triangle that is two source pixels wide when enlarging and widens with the factor when shrinking.
    /// </summary>
    /// <param name="samples">Values, (height, width, channels).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    /// <param name="channels">Values of a pixel.</param>
    public static float[] ResizeAntialiased(
        ReadOnlySpan<float> samples, PictureSize from, PictureSize to, int channels) =>
        Resize(samples, from, to, channels, TriangleWeights.Antialiased);

    /// <summary>
    /// Bilinear interpolation between the two nearest source pixels along each axis, also when shrinking: fine
    /// structures may be lost. Networks that have learnt from such images need the same.
    /// </summary>
    /// <param name="samples">Values, (height, width, channels).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    /// <param name="channels">Values of a pixel.</param>
    public static float[] ResizeBilinear(ReadOnlySpan<float> samples, PictureSize from, PictureSize to, int channels) =>
        Resize(samples, from, to, channels, TriangleWeights.Bilinear);

    private static float[] Resize(
        ReadOnlySpan<float> samples,
        PictureSize from,
        PictureSize to,
        int channels,
        Func<int, int, TriangleWeights[]> triangles)
    {
        if (from == to)
        {
            return samples.ToArray();
        }

        TriangleWeights[] across = triangles(from.Width, to.Width);
        TriangleWeights[] down = triangles(from.Height, to.Height);
        float[] narrow = new float[from.Height * to.Width * channels];
        for (int row = 0; row < from.Height; row++)
        {
            for (int j = 0; j < to.Width; j++)
            {
                Span<float> result = narrow.AsSpan(((row * to.Width) + j) * channels, channels);
                across[j].AddPixels(samples[(row * from.Width * channels)..], channels, result);
            }
        }

        float[] resized = new float[to.Height * to.Width * channels];
        int rowFloats = to.Width * channels;
        for (int i = 0; i < to.Height; i++)
        {
            down[i].AddPixels(narrow, rowFloats, resized.AsSpan(i * rowFloats, rowFloats));
        }

        return resized;
    }

    /// <summary>The value of the nearest pixel: class indices stay what they are.</summary>
    /// <param name="values">Values, (height, width).</param>
    /// <param name="from">Size of the values.</param>
    /// <param name="to">Size of the result.</param>
    public static byte[] ResizeNearest(ReadOnlySpan<byte> values, PictureSize from, PictureSize to)
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
}
