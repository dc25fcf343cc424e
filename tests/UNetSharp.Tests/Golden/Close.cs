namespace UNetSharp.Tests.Golden;

/// <summary>Comparison of float values that says which one is worst.</summary>
internal static class Close
{
    /// <summary>
    /// Asserts that no value is further off than the tolerance times the largest expected value; where all expected
    /// values are zero, so are the actual ones. What is no number, expected or not, is infinitely far off.
    /// </summary>
    public static void Assert(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        double scale = 0;
        double error = 0;
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double own = Math.Abs((double)expected[i] - actual[i]);
            if (!double.IsFinite(own))
            {
                Xunit.Assert.Fail($"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
            }

            scale = Math.Max(scale, Math.Abs(expected[i]));
            if (own > error)
            {
                (error, worst) = (own, i);
            }
        }

        if (error > tolerance * scale)
        {
            Xunit.Assert.Fail($"{what}[{worst}]: expected {expected[worst]}, got {actual[worst]}; the error {error:g3} "
                + $"is above {tolerance * scale:g3}");
        }
    }
}
