using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Scores of objects, on cases that are computed by hand.</summary>
public sealed class ObjectScoresTests
{
    private static readonly int[] Two = [1, 1, 1, 1, 0, 2, 2, 2, 2, 0];

    [Fact]
    public void The_same_objects_under_other_numbers_are_perfect()
    {
        ObjectScores scores = Score(Two, [70_000, 70_000, 70_000, 70_000, 0, 9, 9, 9, 9, 0]);

        Assert.Equal((2, 2), (scores.Truth, scores.Predicted));
        Assert.Equal([1, 1, 1, 1, 1, 0],
        [
            scores.AveragePrecision50, scores.AveragePrecision75, scores.MeanAveragePrecision, scores.PanopticQuality,
            scores.AggregatedJaccard, scores.CountError,
        ]);
    }

    [Fact]
    public void Two_that_are_found_as_one_count_once_at_a_half_and_not_above()
    {
        // Each shares 4 of 8 pixels with the one: IoU 1/2.
        ObjectScores scores = Score([1, 1, 1, 1, 2, 2, 2, 2], [5, 5, 5, 5, 5, 5, 5, 5]);

        Assert.Equal(1 / 2.0, scores.AveragePrecision50);
        Assert.Equal(0, scores.AveragePrecision75);
        Assert.Equal(0.5 / 10, scores.MeanAveragePrecision, 1e-12);
        Assert.Equal(0, scores.PanopticQuality);
        Assert.Equal(8 / 16.0, scores.AggregatedJaccard);
        Assert.Equal(1 / 2.0, scores.CountError);
    }

    [Fact]
    public void A_missed_a_false_and_a_shifted_object()
    {
        // The first is found with IoU 3/5, the second is missed, and one of two pixels is no object.
        int[] truth = [1, 1, 1, 1, 0, 0, 2, 2, 0, 0, 0];
        int[] found = [0, 1, 1, 1, 1, 0, 0, 0, 0, 3, 3];

        ObjectScores scores = Score(truth, found);

        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], scores.Matches);
        Assert.Equal(1 / 3.0, scores.AveragePrecision50, 1e-12);
        Assert.Equal(0, scores.AveragePrecision75);
        Assert.Equal(3 * (1 / 3.0) / 10, scores.MeanAveragePrecision, 1e-12);
        Assert.Equal(0.6 / 2, scores.PanopticQuality, 1e-12);
        Assert.Equal(3.0 / (5 + 2 + 2), scores.AggregatedJaccard, 1e-12);
        Assert.Equal(0, scores.CountError);
    }

    [Fact]
    public void Unknown_pixels_count_nowhere()
    {
        ObjectScores scores = Score([1, 1, -1, -1, 0], [4, 4, 4, 4, 0]);

        Assert.Equal(1, scores.PanopticQuality);
        Assert.Equal(1, scores.AggregatedJaccard);
    }

    [Fact]
    public void Nothing_found_where_nothing_is_is_right_and_something_wrong()
    {
        Assert.Equal(1, Score([0, 0], [0, 0]).MeanAveragePrecision);
        Assert.Equal(1, Score([0, 0], [0, 0]).AggregatedJaccard);
        Assert.Equal(0, Score([0, 0], [1, 0]).AveragePrecision50);
        Assert.Equal(0, Score([0, 0], [1, 0]).AggregatedJaccard);
        Assert.Equal(0, Score([1, 0], [0, 0]).PanopticQuality);
        Assert.Equal(1, Score([1, 0], [0, 0]).CountError);
    }

    [Fact]
    public void Objects_of_several_pictures_are_scored_together()
    {
        ObjectScores merged = Score([1, 1, 1, 1, 2, 2, 2, 2], [5, 5, 5, 5, 5, 5, 5, 5]);
        ObjectScores sum = ObjectScores.Sum([Score(Two, Two), merged]);

        Assert.Equal((4, 3), (sum.Truth, sum.Predicted));
        Assert.Equal(3 / 4.0, sum.AveragePrecision50);
        Assert.Equal(2 / 3.5, sum.PanopticQuality, 1e-12);
        Assert.Equal(16 / 24.0, sum.AggregatedJaccard, 1e-12);
    }

    [Fact]
    public void Labels_of_different_sizes_are_refused() =>
        Assert.Throws<ArgumentException>(() => new ObjectOverlap([1], [1, 2]));

    private static ObjectScores Score(int[] truth, int[] found) =>
        ObjectScores.Compute(new ObjectOverlap(truth, found));
}
