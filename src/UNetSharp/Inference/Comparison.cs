using UNetSharp.Metrics;

namespace UNetSharp.Inference;

/// <summary>Two networks by one measure, image by image.</summary>
/// <param name="Measure">Name of the <see cref="Inference.Metric"/>.</param>
/// <param name="First">Mean of the first network.</param>
/// <param name="Second">Mean of the second.</param>
/// <param name="Difference">Mean over images of the first's figure less the second's, with its interval.</param>
/// <param name="P">How likely so large a difference is by chance alone, were both equally good; see
/// <see cref="SignFlipTest"/>.</param>
public sealed record Comparison(string Measure, double First, double Second, Estimate Difference, double P)
{
    /// <summary>Compares two networks on the same images.</summary>
    /// <exception cref="ArgumentException">The images are not the same.</exception>
    public static IReadOnlyList<Comparison> Compare(Evaluation first, Evaluation second)
    {
        if (!first.Images.Select(image => image.Name).SequenceEqual(second.Images.Select(image => image.Name)))
        {
            throw new ArgumentException("Networks are compared on the same images, but those of the two differ.");
        }

        return
        [
            .. from measure in Inference.Metric.All
               where first.Means.ContainsKey(measure.Name) && second.Means.ContainsKey(measure.Name)
               select Compare(measure, measure.GetValues(first.Images), measure.GetValues(second.Images)),
        ];
    }

    private static Comparison Compare(Metric measure, double[] first, double[] second)
    {
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        return new Comparison(
            measure.Name,
            first.Average(),
            second.Average(),
            Bootstrap.Mean(differences),
            SignFlipTest.ComputePValue(differences));
    }
}
