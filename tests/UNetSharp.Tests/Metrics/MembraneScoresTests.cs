using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Scores of partitions and membranes against values computed by hand.</summary>
public sealed class MembraneScoresTests
{
    private const int Digits = 12;

    [Fact]
    public void The_same_partition_under_other_numbers_is_perfect() =>
        AssertScore(1, 1, PartitionScore.Compute([1, 1, 0, 2, 2], [7, 7, 0, 3, 3]));

    [Fact]
    public void Two_halves_merged_share_no_information()
    {
        // Σ p² = ½, Σ s² = 1, Σ t² = ½.
        AssertScore(2.0 / 3, 0, PartitionScore.Compute([1, 1, 2, 2], [1, 1, 1, 1]));
        AssertScore(2.0 / 3, 0, PartitionScore.Compute([1, 1, 1, 1], [1, 1, 2, 2]));
    }

    [Fact]
    public void One_of_two_halves_split()
    {
        // Σ p² = Σ s² = ¼ + 1/16 + 1/16, Σ t² = ½; H(S) = H(S, T) = 1.5 bits, H(T) = 1 bit, so I = 1 bit.
        AssertScore(0.375 / ((0.375 + 0.5) / 2), 1 / 1.25, PartitionScore.Compute([1, 1, 2, 2], [1, 1, 2, 3]));
    }

    [Fact]
    public void Border_within_a_cell_is_single_pixels_and_border_in_the_border_is_nothing()
    {
        PartitionScore singles = PartitionScore.Compute([1, 1, 2, 2], [1, 1, 2, 3]);

        Assert.Equal(singles, PartitionScore.Compute([1, 1, 2, 2], [1, 1, 2, 0]));
        Assert.Equal(singles, PartitionScore.Compute([1, 1, 0, 2, 2, 0], [1, 1, 1, 2, 0, 0]));
    }

    [Fact]
    public void A_single_cell_and_none_at_all_have_scores()
    {
        AssertScore(1, 1, PartitionScore.Compute([1, 1], [5, 5]));
        AssertScore(1, 1, PartitionScore.Compute([0, 0], [1, 2]));
        AssertScore(1, 1, PartitionScore.Compute([], []));
        Assert.Throws<ArgumentException>(() => PartitionScore.Compute([1], [1, 2]));
    }

    [Fact]
    public void The_width_of_a_membrane_hardly_matters_after_thinning()
    {
        (byte[] truth, PictureSize size) = Masks.Draw(Enumerable.Repeat("..........#..........", 20).ToArray());
        (byte[] wide, _) = Masks.Draw(Enumerable.Repeat(".......#######.......", 20).ToArray());
        MembraneScores scores = new();

        scores.Add([.. wide.Select(value => value * 0.55f)], truth, size);

        Assert.InRange(scores.VRand.Score, 0.99, 1);
        Assert.InRange(scores.VInfo.Score, 0.99, 1);
        Assert.InRange(scores.VRand.Threshold, 0.1, 0.5);

        // With nothing taken as membrane only the true line is wrong, which is less than six lines beside it.
        Assert.Equal(1.0 / 21, scores.PixelError.Error, Digits);
    }

    [Fact]
    public void A_gap_merges_what_it_connects()
    {
        (byte[] truth, PictureSize size) = Masks.Draw("..#..", "..#..", "..#..");
        (byte[] gap, _) = Masks.Draw("..#..", "..#..", ".....");
        MembraneScores scores = new();

        scores.Add([.. gap.Select(value => (float)value)], truth, size);

        // All membrane, at threshold 0, is single pixels: Σ p² = 1/12; merged is 2/3 as above.
        Assert.Equal(2.0 / 3, scores.VRand.Score, Digits);
        Assert.Equal(1.0 / 15, scores.PixelError.Error, Digits);
    }

    [Fact]
    public void Segments_that_touch_can_be_given_by_number()
    {
        PictureSize size = new(1, 6);
        MembraneScores scores = new();

        scores.AddSegmented([0f, 0, 0.9f, 0.9f, 0, 0], [1, 1, 1, 2, 2, 2], size);

        Assert.InRange(scores.VRand.Score, 0.5, 0.99);
        Assert.Equal(1, scores.Images);
    }

    [Fact]
    public void Without_images_all_is_perfect()
    {
        MembraneScores scores = new();

        Assert.Equal((1, 0, 0), (scores.VRand.Score, scores.PixelError.Error, scores.Images));
        Assert.Throws<ArgumentException>(() => scores.Add([0f], [0, 1], new PictureSize(1, 1)));
    }

    private static void AssertScore(double rand, double info, PartitionScore score)
    {
        Assert.Equal(rand, score.VRand, Digits);
        Assert.Equal(info, score.VInfo, Digits);
    }
}
