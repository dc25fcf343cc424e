namespace UNetSharp.Metrics;

/// <summary>
/// Paired permutation test by flips of signs (Fisher 1935; Good 2005, chapter 3): were two networks equally good, each
/// image's difference would be as likely with the other sign. The result is the share of all choices of signs whose
/// mean difference is at least as large, on either side, as the one that was found. Up to 13 differences all choices
/// are counted, and p is exact; of more, 9,999 are drawn, and with the one that was found p = (1 + hits) / 10,000
/// (Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585), so that it is never 0.
/// </summary>
public static class SignFlipTest
{
    private const int MaxExact = 13;
    private const int Draws = 9_999;
    private const int Seed = 0;

    // Sums of the same numbers in another order differ by rounding; such a tie counts as a hit.
    private const double Rounding = 1e-12;

    /// <summary>The two-sided p value that the mean of the differences is 0; 1 without differences.</summary>
    public static double ComputePValue(IReadOnlyList<double> differences)
    {
        double found = Math.Abs(differences.Sum());
        double min = found - (Rounding * differences.Sum(Math.Abs));
        return differences.Count <= MaxExact ? ComputeExact(differences, min) : ComputeSampled(differences, min);
    }

    private static double ComputeExact(IReadOnlyList<double> differences, double observed)
    {
        int choices = 1 << differences.Count;
        int hits = 0;
        for (int signs = 0; signs < choices; signs++)
        {
            double sum = 0;
            for (int k = 0; k < differences.Count; k++)
            {
                sum += ((signs >> k) & 1) == 0 ? differences[k] : -differences[k];
            }

            hits += Math.Abs(sum) >= observed ? 1 : 0;
        }

        return (double)hits / choices;
    }

    private static double ComputeSampled(IReadOnlyList<double> differences, double observed)
    {
        Random random = new(Seed);
        int hits = 0;
        for (int i = 0; i < Draws; i++)
        {
            double sum = 0;
            for (int k = 0; k < differences.Count; k++)
            {
                sum += random.Next(2) == 0 ? differences[k] : -differences[k];
            }

            hits += Math.Abs(sum) >= observed ? 1 : 0;
        }

        return (1.0 + hits) / (1 + Draws);
    }
}
