using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

public sealed class SignFlipTestTests
{
    [Theory]
    [InlineData(2.0 / 32, 1.0, 1.0, 1.0, 1.0, 1.0)] // all one way: only all + and all − are as large
    [InlineData(2.0 / 32, -0.1, -0.2, -0.3, -0.1, -0.7)]
    [InlineData(1, 1.0, -1.0)] // the sum is 0: every choice is as large
    [InlineData(6.0 / 8, 1.0, 2.0, -1.0)] // |sums|: 2 4 0 2 2 0 4 2, of which six reach 2
    [InlineData(1)]
    public void Few_differences_are_counted(double expected, params double[] differences) =>
        Assert.Equal(expected, SignFlipTest.ComputePValue(differences), 1e-12);

    [Fact]
    public void Many_differences_all_one_way_are_no_chance()
    {
        double[] differences = [.. Enumerable.Repeat(0.01, 30)];

        Assert.Equal(1.0 / 10_000, SignFlipTest.ComputePValue(differences), 1e-12);
    }

    [Fact]
    public void Drawn_signs_agree_with_the_binomial_distribution()
    {
        // 12 of 16 equal differences one way: two-sided, 2 · (C(16,12) + … + C(16,16)) / 2¹⁶ = 5034 / 65536.
        double[] differences = [.. Enumerable.Repeat(1.0, 12), .. Enumerable.Repeat(-1.0, 4)];

        double p = SignFlipTest.ComputePValue(differences);

        Assert.Equal(5034.0 / 65536, p, 0.01);
        Assert.Equal(p, SignFlipTest.ComputePValue(differences));
    }
}
