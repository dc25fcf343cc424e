namespace UNetSharp.Tests.Golden;

/// <summary>Comparison of float values that says which one is worst.</summary>
internal static class CloseAssert
{
    /// <summary>
    /// Asserts that no value is further off than the tolerance times the largest expected value; where all expected
    /// values are zero, so are the actual ones. What is no number, expected or not, is infinitely far off.
    /// </summary>
    public static void AreClose(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        double scale = 0;
        foreach (float value in expected)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        AreWithin(expected, actual, tolerance * scale, what);
    }

    /// <summary>Asserts that no value is further off than the bound. What is no number is infinitely far off.</summary>
    public static void AreWithin(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double bound, string what)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        double error = 0;
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double own = Math.Abs((double)expected[i] - actual[i]);
            if (!double.IsFinite(own))
            {
                Xunit.Assert.Fail($"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
            }

            if (own > error)
            {
                (error, worst) = (own, i);
            }
        }

        if (error > bound)
        {
            Xunit.Assert.Fail($"{what}[{worst}]: expected {expected[worst]}, got {actual[worst]}; the error {error:g3} "
                + $"is above {bound:g3}");
        }
    }
}
