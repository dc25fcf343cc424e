using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

public class LearningRateTests
{
    // Ten steps an epoch, ten epochs.
    [Theory]
    [InlineData("constant", 0, 50, 0, 1)]
    [InlineData("poly", 0, 0, 0, 1)]
    [InlineData("poly", 0, 50, 0, 0.535886731)] // 0.5^0.9
    [InlineData("poly", 0, 100, 0, 0)]
    [InlineData("cosine", 0, 25, 0, 0.853553391)] // (1 + √½) / 2
    [InlineData("cosine", 0, 50, 0, 0.5)]
    [InlineData("cosine", 2, 0, 0, 0.05)] // the first of 20 steps
    [InlineData("cosine", 2, 19, 0, 1)]
    [InlineData("cosine", 2, 60, 0, 0.5)] // half of the 80 steps behind the warm-up
    [InlineData("plateau", 0, 50, 2, 0.01)]
    public void Factors_are_those_of_the_papers(
        string schedule, double warmUp, long step, int plateaus, double expected) =>
        Assert.Equal(expected, new LearningRate(schedule, warmUp).Factor(step, 10, 10, plateaus), 1e-9);
}
