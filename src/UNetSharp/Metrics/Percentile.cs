namespace UNetSharp.Metrics;

/// <summary>Percentiles, linear between ranks, as NumPy's.</summary>
internal static class Percentile
{
    /// <summary>The value that so many percent of the values are not above.</summary>
    /// <param name="sorted">Values in rising order, at least one.</param>
    /// <param name="percent">0..100.</param>
    public static double Compute(ReadOnlySpan<double> sorted, double percent)
    {
        double rank = percent / 100 * (sorted.Length - 1);
        int below = (int)rank;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + ((rank - below) * (above - sorted[below]));
    }
}
