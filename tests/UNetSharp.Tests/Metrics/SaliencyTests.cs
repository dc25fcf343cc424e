using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Scores of maps against values computed by hand.</summary>
public sealed class SaliencyTests
{
    private const int Digits = 6;
    private static readonly PictureSize Two = new(2, 2);

    [Fact]
    public void The_error_is_the_mean_of_the_differences()
    {
        double error = Saliency.MeanAbsoluteError([0.1f, 0.8f, 0.3f, 0.6f], [0, 1, 0, 9]);

        Assert.Equal((0.1 + 0.2 + 0.3 + 0.4) / 4, error, Digits);
        Assert.Equal(0, Saliency.MeanAbsoluteError([], []));
    }

    [Fact]
    public void A_perfect_map_has_structure_one()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "......",
            ".###..",
            ".###..",
            "......");

        Assert.Equal(1, Saliency.StructureMeasure([.. mask.Select(value => (float)value)], mask, size), Digits);
    }

    [Fact]
    public void Without_object_or_without_background_the_structure_is_what_is_right()
    {
        Assert.Equal(0.75, Saliency.StructureMeasure([1, 0, 0, 0], [0, 0, 0, 0], Two), Digits);
        Assert.Equal(0.25, Saliency.StructureMeasure([1, 0, 0, 0], [1, 1, 1, 1], Two), Digits);
        Assert.Equal(1, Saliency.StructureMeasure([], [], new PictureSize(0, 0)));
    }

    [Fact]
    public void The_opposite_of_the_truth_has_no_structure()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "......",
            ".###..",
            ".###..",
            "......");

        Assert.Equal(0, Saliency.StructureMeasure([.. mask.Select(value => 1f - value)], mask, size));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(7, 1)]
    [InlineData(2, 2)]
    public void Small_pictures_have_numbers(int height, int width)
    {
        PictureSize size = new(height, width);
        for (int seed = 0; seed < 20; seed++)
        {
            byte[] truth = Masks.Random(size, 0.5, seed);
            float[] map = [.. Masks.Random(size, 0.5, seed + 100).Select(value => value * 0.5f)];

            Assert.InRange(Saliency.StructureMeasure(map, truth, size), 0, 1);
        }
    }

    [Fact]
    public void The_best_threshold_counts()
    {
        ThresholdCurve curve = new();
        curve.Add([0.9f, 0.6f, 0.4f, 0.1f], [1, 0, 1, 0]);

        // From 0.6 on: one of one right, half of all found. From 0.4 on: two of three right, all found.
        Assert.Equal(1, curve.Precision(200));
        Assert.Equal(0.5, curve.Recall(200));
        Assert.Equal(2.0 / 3, curve.Precision(100), 12);
        Assert.Equal(1.0, curve.Recall(100));
        Assert.Equal(1.3 * 0.5 / (0.3 + 0.5), curve.MaxFBeta(), 12);
        Assert.Equal(2 * (2.0 / 3) / ((2.0 / 3) + 1), curve.MaxFBeta(betaSquared: 1), 12);
    }

    [Fact]
    public void Precision_and_recall_are_means_over_images()
    {
        ThresholdCurve curve = new();
        curve.Add([1f, 0f], [1, 0]);
        curve.Add([1f, 0f], [0, 1]);

        Assert.Equal(0.5, curve.Precision(255));
        Assert.Equal(0.5, curve.Recall(255));
        Assert.Equal(2, curve.Images);
    }

    [Fact]
    public void Nothing_found_where_nothing_is_is_perfect()
    {
        ThresholdCurve curve = new();
        Assert.Equal(1, curve.MaxFBeta());

        curve.Add([0f, 0.2f], [0, 0]);

        Assert.Equal(1, curve.MaxFBeta());
        Assert.Equal(0, curve.Precision(10));
        Assert.Equal(0, curve.Recall(10));
    }

    [Fact]
    public void Something_missed_everywhere_scores_zero_where_nothing_is_found()
    {
        ThresholdCurve curve = new();
        curve.Add([0f, 0f], [1, 0]);

        Assert.Equal(0, curve.Precision(1));
        Assert.Equal(0, curve.Recall(1));
        Assert.Equal(1.3 * 0.5 / ((0.3 * 0.5) + 1), curve.MaxFBeta(), 12);
    }

    [Fact]
    public void Values_beyond_the_range_and_no_numbers_count_as_its_ends()
    {
        ThresholdCurve curve = new();
        curve.Add([2f, -1f, float.NaN], [1, 0, 0]);

        Assert.Equal(1, curve.MaxFBeta());
    }

    [Fact]
    public void Sizes_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Saliency.MeanAbsoluteError([0, 1], [1]));
        Assert.Throws<ArgumentException>(() => Saliency.StructureMeasure([0, 1], [1, 0], Two));
        Assert.Throws<ArgumentException>(() => new ThresholdCurve().Add([0, 1], [1]));
    }
}
