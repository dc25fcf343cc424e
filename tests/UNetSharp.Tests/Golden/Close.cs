namespace UNetSharp.Tests.Golden;

/// <summary>Comparison of float values that says which one is worst.</summary>
internal static class Close
{
    /// <summary>
    /// Asserts that no value is further off than the tolerance times the largest expected value (at least
    /// <paramref name="floor"/>).
    /// </summary>
    public static void Assert(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what, double floor = 1)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        double scale = floor;
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            if (!(Math.Abs(expected[i] - actual[i]) <= Math.Abs(expected[worst] - actual[worst])))
            {
                worst = i;
            }
        }

        double error = Math.Abs(expected[worst] - actual[worst]);
        Xunit.Assert.True(
            error <= tolerance * scale,
            $"{what}[{worst}]: expected {expected[worst]}, got {actual[worst]}; the error {error:g3} is above "
                + $"{tolerance * scale:g3}");
    }
}
