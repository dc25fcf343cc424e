using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// Exact Euclidean distances from every pixel to a mask (Felzenszwalb and Huttenlocher 2012,
/// https://doi.org/10.4086/toc.2012.v008a019): first along columns, then along rows as the lower envelope of a parabola
/// for every column. Time is linear.
/// </summary>
public static class DistanceTransform
{
    /// <summary>Squared distance, in pixels, from the middle of each pixel to that of the nearest one of the
    /// mask.</summary>
    /// <param name="mask">Height × width pixels, row by row; the mask is what is not 0.</param>
    /// <param name="size">Height and width.</param>
    /// <returns>Height × width squared distances; infinity throughout where the mask is empty.</returns>
    /// <exception cref="ArgumentException">The mask is not of that size.</exception>
    public static double[] ComputeSquared(ReadOnlySpan<byte> mask, PictureSize size)
    {
        PixelCountCheck.RequireSize(size, mask.Length, "mask");
        double[] distances = ComputeColumns(mask, size);
        Envelope envelope = new(size.Width);
        for (int row = 0; row < size.Height; row++)
        {
            envelope.Replace(distances.AsSpan(row * size.Width, size.Width));
        }

        return distances;
    }

    private static double[] ComputeColumns(ReadOnlySpan<byte> mask, PictureSize size)
    {
        // Distances, squared at the end; one pass down, one up.
        (int height, int width) = (size.Height, size.Width);
        double[] distances = new double[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            distances[i] = mask[i] != 0 ? 0 : i < width ? double.PositiveInfinity : distances[i - width] + 1;
        }

        for (int i = mask.Length - 1 - width; i >= 0; i--)
        {
            distances[i] = Math.Min(distances[i], distances[i + width] + 1);
        }

        for (int i = 0; i < height * width; i++)
        {
            distances[i] *= distances[i];
        }

        return distances;
    }

    /// <summary>The lower envelope of the parabolas f[q] + (x − q)².</summary>
    private sealed class Envelope(int width)
    {
        private readonly int[] _vertices = new int[width];
        private readonly double[] _starts = new double[width];
        private readonly double[] _heights = new double[width];

        /// <summary>Replaces f by min over q of f[q] + (x − q)².</summary>
        public void Replace(Span<double> f)
        {
            f.CopyTo(_heights);
            int last = -1;
            for (int q = 0; q < f.Length; q++)
            {
                if (double.IsInfinity(f[q]))
                {
                    continue;
                }

                double start = double.NegativeInfinity;
                while (last >= 0 && (start = Crossing(_vertices[last], q)) <= _starts[last])
                {
                    last--;
                    start = double.NegativeInfinity;
                }

                last++;
                (_vertices[last], _starts[last]) = (q, start);
            }

            for (int x = 0, k = 0; x < f.Length && last >= 0; x++)
            {
                while (k < last && _starts[k + 1] < x)
                {
                    k++;
                }

                double step = x - _vertices[k];
                f[x] = _heights[_vertices[k]] + (step * step);
            }
        }

        /// <summary>Where the parabola of q, further right, comes below that of p.</summary>
        private double Crossing(int p, int q)
        {
            double rise = _heights[q] + ((double)q * q) - _heights[p] - ((double)p * p);
            return rise / (2.0 * (q - p));
        }
    }
}
