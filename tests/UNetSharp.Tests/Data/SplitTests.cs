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

    [Fact]
    public void Every_pair_is_in_one_fold()
    {
        Split[] folds =
            [.. Enumerable.Range(0, 3).Select(k => Split.Create(Pairs(11), new SplitSettings(0, null, 3, k), seed: 7))];

        Assert.Equal([4, 4, 3], folds.Select(fold => fold.Validation.Count));
        Assert.Equal(Pairs(11), folds.SelectMany(fold => fold.Validation).OrderBy(pair => int.Parse(pair.Name, null)));
        Assert.All(folds, fold => Assert.Equal(11, fold.Training.Union(fold.Validation).Count()));
        Assert.Throws<DataException>(() => Split.Create(Pairs(2), new SplitSettings(0, null, 3, 0), seed: 7));
    }

    [Fact]
    public void Pairs_are_set_aside_by_name()
    {
        Split split = Split.Create(Pairs(4), new SplitSettings(0, ["2", "0"]), seed: 1);

        Assert.Equal(["0", "2"], split.Validation.Select(pair => pair.Name));
        Assert.Equal(["1", "3"], split.Training.Select(pair => pair.Name));
        DataException unknown =
            Assert.Throws<DataException>(() => Split.Create(Pairs(4), new SplitSettings(0, ["2", "9"]), 1));
        Assert.StartsWith("9: ", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => Split.Create(Pairs(2), new SplitSettings(0, ["0", "1"]), seed: 1));
    }

    private static ImagePair[] Pairs(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ImagePair($"{i}", $"images/{i}.png", $"masks/{i}.png"))];
}
