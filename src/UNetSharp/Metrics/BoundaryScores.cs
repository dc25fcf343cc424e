using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// How far apart the boundaries of two masks are. The boundary of a mask are its pixels that share a side with a pixel
/// outside of it; the outside of the picture counts as such. Distances are between the middles of pixels, in pixels.
/// </summary>
public static class BoundaryScores
{
    /// <summary>
    /// Hausdorff distance without outliers: of the distances from each pixel of one boundary to the other boundary the
    /// 95th percentile (linear between ranks, as NumPy's), and of both directions the larger one (Huttenlocher,
    /// Klanderman and Rucklidge 1993, https://doi.org/10.1109/34.232073). 0 if both masks are empty; the diagonal of
    /// the picture if one is.
    /// </summary>
    /// <param name="truth">Height × width pixels; what is not 0 belongs to the mask.</param>
    /// <param name="prediction">As many pixels.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="percentile">Share of distances, in percent, that the result is not below; 100 is the Hausdorff
    /// distance.</param>
    /// <exception cref="ArgumentException">A mask is not of that size.</exception>
    public static double Hausdorff(
        ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, PictureSize size, double percentile = 95)
    {
        if (percentile is not (>= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "A percentile is within 0..100.");
        }

        (double[] toTruth, double[] toPrediction) = Distances(truth, prediction, size);
        return (toTruth.Length, toPrediction.Length) switch
        {
            (0, 0) => 0,
            (0, _) or (_, 0) => Math.Sqrt(((double)size.Height * size.Height) + ((double)size.Width * size.Width)),
            _ => Math.Max(Percentile.Compute(toTruth, percentile), Percentile.Compute(toPrediction, percentile)),
        };
    }

    /// <summary>
    /// Boundary F score (Csurka, Larlus and Perronnin 2013): the harmonic mean of the share of the predicted boundary
    /// that lies near the true one and the share of the true one near the predicted one. 1 if both masks are empty, 0
    /// if one is.
    /// </summary>
    /// <param name="truth">Height × width pixels; what is not 0 belongs to the mask.</param>
    /// <param name="prediction">As many pixels.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="tolerance">How many pixels apart is near, at most.</param>
    /// <exception cref="ArgumentException">A mask is not of that size.</exception>
    public static double BoundaryF(
        ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, PictureSize size, double tolerance)
    {
        (double[] toTruth, double[] toPrediction) = Distances(truth, prediction, size);
        if (toTruth.Length == 0 || toPrediction.Length == 0)
        {
            return toTruth.Length == toPrediction.Length ? 1 : 0;
        }

        double precision = ComputeShareWithin(toTruth, tolerance);
        double recall = ComputeShareWithin(toPrediction, tolerance);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>1 for the pixels of the mask's boundary.</summary>
    /// <exception cref="ArgumentException">The mask is not of that size.</exception>
    public static byte[] FindBoundary(ReadOnlySpan<byte> mask, PictureSize size)
    {
        PixelCountCheck.RequireSize(size, mask.Length, "mask");
        (int height, int width) = (size.Height, size.Width);
        byte[] boundary = new byte[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, width);
            bool isInner = row > 0 && row < height - 1 && column > 0 && column < width - 1
                && mask[i - 1] != 0 && mask[i + 1] != 0 && mask[i - width] != 0 && mask[i + width] != 0;
            boundary[i] = (byte)(mask[i] != 0 && !isInner ? 1 : 0);
        }

        return boundary;
    }

    /// <summary>Distances from the predicted boundary to the true one, and back, in rising order; infinite to one that
    /// is not there.</summary>
    private static (double[] ToTruth, double[] ToPrediction) Distances(
        ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, PictureSize size)
    {
        byte[] truthBoundary = FindBoundary(truth, size);
        byte[] predictionBoundary = FindBoundary(prediction, size);
        return (
            ComputeDistances(predictionBoundary, truthBoundary, size),
            ComputeDistances(truthBoundary, predictionBoundary, size));
    }

    private static double[] ComputeDistances(byte[] boundary, byte[] other, PictureSize size)
    {
        double[] squared = DistanceTransform.ComputeSquared(other, size);
        return [.. squared.Where((_, i) => boundary[i] != 0).Order().Select(Math.Sqrt)];
    }

    private static double ComputeShareWithin(double[] distances, double tolerance) =>
        (double)distances.Count(distance => distance <= tolerance) / distances.Length;
}
