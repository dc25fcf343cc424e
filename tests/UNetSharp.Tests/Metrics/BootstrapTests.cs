using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

public sealed class BootstrapTests
{
    [Fact]
    public void Equal_values_leave_no_doubt() =>
        Assert.Equal(new Estimate(0.5, 0.5, 0.5), Bootstrap.Mean([0.5, 0.5, 0.5]));

    [Fact]
    public void Two_values_give_their_range()
    {
        // Half of all draws of two are mixed, a quarter each twice the same: far more than 2.5 %.
        Assert.Equal(new Estimate(2, 1, 3), Bootstrap.Mean([1, 3]));
    }

    [Fact]
    public void The_interval_of_many_values_is_that_of_the_normal_distribution()
    {
        // 0, 0.01, …, 1: mean 0.5, standard deviation √(101² − 1) / 12) / 100 = 0.2915, and of the mean 0.2915 / √101.
        double[] values = [.. Enumerable.Range(0, 101).Select(i => i / 100.0)];
        double half = 1.96 * 0.2915476 / Math.Sqrt(101);

        Estimate estimate = Bootstrap.Mean(values);

        Assert.Equal(0.5, estimate.Mean, 1e-12);
        Assert.Equal(0.5 - half, estimate.Low, 0.005);
        Assert.Equal(0.5 + half, estimate.High, 0.005);
        Assert.Equal(estimate, Bootstrap.Mean(values));
    }

    [Fact]
    public void There_is_no_mean_of_nothing() => Assert.Throws<ArgumentException>(() => Bootstrap.Mean([]));
}
