using UNetSharp.Data;

namespace UNetSharp.Tests.Data;

public class SplitTests
{
    [Theory]
    [InlineData(10, 0.2, 2)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 0.001, 1)] // a share above zero is one pair at least
    [InlineData(2, 0.9, 1)] // and never all
    [InlineData(1, 0.5, 0)]
    public void A_share_is_set_aside(int count, double share, int expected)
    {
        Split split = Split.ByShare(Pairs(count), share, seed: 1);

        Assert.Equal(expected, split.Validation.Count);
        Assert.Equal(count, split.Training.Count + split.Validation.Count);
        Assert.Empty(split.Training.Intersect(split.Validation));
    }

    [Fact]
    public void The_seed_alone_chooses_and_the_order_is_kept()
    {
        Split first = Split.ByShare(Pairs(30), 0.5, seed: 5);

        Assert.Equal(first.Validation, Split.ByShare(Pairs(30), 0.5, seed: 5).Validation);
        Assert.NotEqual(first.Validation, Split.ByShare(Pairs(30), 0.5, seed: 6).Validation);
        Assert.Equal(first.Training.OrderBy(pair => int.Parse(pair.Name, null)), first.Training);
    }

    private static ImagePair[] Pairs(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ImagePair($"{i}", $"images/{i}.png", $"masks/{i}.png"))];
}
