using System.Globalization;

namespace UNetSharp.Benchmarks;

/// <summary>How far apart the results of two sides are, at the most of all that were compared.</summary>
/// <param name="Values">
/// Of logits, losses and gradients of the last layer: the largest difference, as a share of the largest value.
/// </param>
/// <param name="Gradients">
/// Of gradients that have come back through rectifiers: the norm of the difference by that of the gradient.
/// </param>
internal sealed record Agreement(double Values, double Gradients)
{
    private const double MaxValueDifference = 1e-3;

    // The gradient of a rectifier jumps at zero. Some of the millions of activations lie so near that the rounding of
    // float32 decides on which side, so correct gradients differ. Measured at 256 x 256: PyTorch's float32 gradients
    // from its float64 ones by up to 6e-3, ours from the same by up to 6e-3, and those of PyTorch's two memory layouts
    // from each other by up to 8e-3; at 512 x 512 the layouts differ by 1.5e-2. The limit leaves room for the larger
    // rounding of fast convolutions. Exactness is for the tests, on shapes small enough to have no values that near.
    private const double MaxGradientDifference = 5e-2;

    /// <summary>Compares everything that the peer has computed.</summary>
    /// <exception cref="BenchmarkException">The results are not the same.</exception>
    public static Agreement Compare(
        Workload work,
        string peer,
        IReadOnlyDictionary<string, float[]> ours,
        IReadOnlyDictionary<string, float[]> theirs)
    {
        double values = 0, gradients = 0;
        foreach ((string name, float[] their) in theirs)
        {
            bool isRectified = Workload.ReluGradients.Contains(name);
            double difference = isRectified ? CompareByNorm(ours[name], their) : CompareByLargest(ours[name], their);
            if (!(difference <= (isRectified ? MaxGradientDifference : MaxValueDifference)))
            {
                throw new BenchmarkException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{work.Name}: ours and PyTorch ({peer}) disagree: {name} differs by {difference:g2}, relatively"));
            }

            (values, gradients) = isRectified
                ? (values, Math.Max(gradients, difference))
                : (Math.Max(values, difference), gradients);
        }

        return new Agreement(values, gradients);
    }

    /// <summary>The larger differences of both.</summary>
    public Agreement Max(Agreement other) =>
        new(Math.Max(Values, other.Values), Math.Max(Gradients, other.Gradients));

    // Both are not a number when a value is, and then never small enough.
    private static double CompareByLargest(float[] ours, float[] theirs) =>
        Pairs(ours, theirs).Aggregate(0.0, (most, pair) => Math.Max(most, Math.Abs(pair.Ours - pair.Theirs)))
        / theirs.Aggregate(0.0, (most, value) => Math.Max(most, Math.Abs(value)));

    private static double CompareByNorm(float[] ours, float[] theirs) =>
        Math.Sqrt(
            Pairs(ours, theirs).Sum(pair => Square(pair.Ours - pair.Theirs)) / theirs.Sum(value => Square(value)));

    private static double Square(double value) => value * value;

    private static IEnumerable<(double Ours, double Theirs)> Pairs(float[] ours, float[] theirs) =>
        ours.Length == theirs.Length
            ? ours.Zip(theirs, (a, b) => ((double)a, (double)b))
            : throw new BenchmarkException($"ours has {ours.Length} values where PyTorch has {theirs.Length}");
}
