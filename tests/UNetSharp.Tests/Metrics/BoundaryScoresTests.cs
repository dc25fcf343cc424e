using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Distances of boundaries against values found by hand.</summary>
public sealed class BoundaryScoresTests
{
    private const int Digits = 12;

    [Fact]
    public void The_boundary_are_pixels_beside_the_outside()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "####.",
            "####.",
            "####.",
            "..#..");

        Assert.Equal(
            ["####.", "#..#.", "##.#.", "..#.."], Masks.Rows(BoundaryScores.FindBoundary(mask, size), size));
    }

    [Fact]
    public void Two_points_are_as_far_apart_as_they_are()
    {
        (byte[] truth, PictureSize size) = Masks.Draw("#....", ".....", ".....", ".....");
        (byte[] prediction, _) = Masks.Draw(".....", ".....", ".....", "....#");

        Assert.Equal(5, BoundaryScores.Hausdorff(truth, prediction, size), Digits);
        Assert.Equal(0, BoundaryScores.BoundaryF(truth, prediction, size, tolerance: 4.9));
        Assert.Equal(1, BoundaryScores.BoundaryF(truth, prediction, size, tolerance: 5));
    }

    [Fact]
    public void One_outlier_of_many_pixels_does_not_count()
    {
        (byte[] truth, PictureSize size) = Masks.Draw(new string('#', 40), new string('.', 40), new string('.', 40));
        (byte[] prediction, _) = Masks.Draw(new string('#', 40), new string('.', 40), new string('.', 39) + "#");

        Assert.Equal(0, BoundaryScores.Hausdorff(truth, prediction, size), Digits);
        Assert.Equal(2, BoundaryScores.Hausdorff(truth, prediction, size, percentile: 100), Digits);

        // 40 of 41 predicted pixels are right, and all true ones found.
        double f = BoundaryScores.BoundaryF(truth, prediction, size, tolerance: 1);
        Assert.Equal(2 * (40.0 / 41) / ((40.0 / 41) + 1), f, Digits);
    }

    [Fact]
    public void Percentiles_lie_between_ranks()
    {
        // Distances to the one true pixel: 0, 1, 2, 3, 4; the 95th percentile is at rank 3.8.
        Assert.Equal(
            3.8, BoundaryScores.Hausdorff([1, 0, 0, 0, 0], [1, 1, 1, 1, 1], new PictureSize(1, 5)), Digits);
    }

    [Fact]
    public void Empty_masks_have_scores_too()
    {
        PictureSize size = new(3, 4);
        byte[] empty = new byte[12];
        byte[] point = [1, .. new byte[11]];

        Assert.Equal(0, BoundaryScores.Hausdorff(empty, empty, size));
        Assert.Equal(5, BoundaryScores.Hausdorff(empty, point, size), Digits);
        Assert.Equal(5, BoundaryScores.Hausdorff(point, empty, size), Digits);
        Assert.Equal(1, BoundaryScores.BoundaryF(empty, empty, size, tolerance: 2));
        Assert.Equal(0, BoundaryScores.BoundaryF(empty, point, size, tolerance: 2));
        Assert.Equal(0, BoundaryScores.BoundaryF(point, empty, size, tolerance: 2));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        PictureSize size = new(1, 2);

        Assert.Throws<ArgumentException>(() => BoundaryScores.Hausdorff(new byte[2], new byte[3], size));
        Assert.Throws<ArgumentException>(() => BoundaryScores.BoundaryF(new byte[3], new byte[2], size, 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => BoundaryScores.Hausdorff(new byte[2], new byte[2], size, percentile: 101));
    }
}
