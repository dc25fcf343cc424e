namespace UNetSharp.Metrics;

/// <summary>A mean, and the interval that holds the true one with 95 % confidence.</summary>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct Estimate(double Mean, double Low, double High);

/// <summary>
/// Percentile bootstrap (Efron 1979, https://doi.org/10.1214/aos/1176344552): from n values n are drawn with
/// replacement, many times; the middle 95 % of the means of these draws are the interval. With few values (below some
/// ten) the interval is narrower than it should be; of a single value it is that value.
/// </summary>
public static class Bootstrap
{
    private const int Resamples = 2000;
    private const int Seed = 0;
    private const double Outside = 2.5; // percent on each side

    /// <summary>The mean of values with its interval; the same values give the same interval.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static Estimate Mean(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("There is no mean of no values.");
        }

        Random random = new(Seed);
        double[] means = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            double sum = 0;
            for (int k = 0; k < values.Count; k++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[i] = sum / values.Count;
        }

        Array.Sort(means);
        return new Estimate(
            values.Average(), Percentile.Compute(means, Outside), Percentile.Compute(means, 100 - Outside));
    }
}
