using System.Globalization;

namespace UNetSharp.Benchmarks;

/// <summary>
/// Whether two sides have computed the same. Each result is compared on its own: the largest difference, as a share of
/// the peer's largest value.
/// </summary>
internal static class Agreement
{
    // Float32 rounding, which batch norms over the 16 x 16 pixels deep in the network amplify, gives 1e-5 to 2e-4.
    private const double MostDifference = 1e-3;

    /// <summary>The difference by result.</summary>
    /// <exception cref="BenchmarkException">The results are not the same.</exception>
    public static IReadOnlyDictionary<string, double> Of(
        Work work, string peer, IReadOnlyDictionary<string, float[]> ours, IReadOnlyDictionary<string, float[]> theirs)
    {
        Dictionary<string, double> differences = theirs.ToDictionary(
            result => result.Key, result => Difference(ours[result.Key], result.Value));
        (string name, double worst) = differences.MaxBy(difference => difference.Value);
        return worst <= MostDifference
            ? differences
            : throw new BenchmarkException(string.Create(
                CultureInfo.InvariantCulture,
                $"{work.Name}: ours and PyTorch ({peer}) disagree: {name} differs by {worst:g2} of its largest value"));
    }

    private static double Difference(float[] ours, float[] theirs)
    {
        double difference = 0, largest = 0;
        for (int i = 0; i < theirs.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(ours[i] - theirs[i])); // not a number stays so
            largest = Math.Max(largest, Math.Abs(theirs[i]));
        }

        return ours.Length == theirs.Length && double.IsFinite(difference) ? difference / largest : double.PositiveInfinity;
    }
}
