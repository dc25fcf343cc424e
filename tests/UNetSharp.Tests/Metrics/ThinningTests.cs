using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Thinning against drawings, and what it must not change.</summary>
public sealed class ThinningTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Fact]
    public void A_bar_becomes_a_line()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            ".........",
            ".#######.",
            ".#######.",
            ".#######.",
            ".........");

        string[] rows = Masks.Rows(Thinning.Thin(mask, size), size);

        Assert.Equal([".........", ".........", "..#####..", ".........", "........."], rows);
    }

    [Fact]
    public void A_diagonal_two_pixels_wide_does_not_vanish()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "##....",
            ".##...",
            "..##..",
            "...##.",
            "....##",
            ".....#");

        Assert.InRange(Thinning.Thin(mask, size).Count(value => value != 0), 4, 6);
    }

    [Fact]
    public void A_wall_that_ends_at_the_edge_leaves_no_gap_within_a_frame()
    {
        (byte[] mask, PictureSize size) = Masks.Draw(
            "...###...",
            "...###...",
            "...###...",
            "...###...");

        string[] rows = Masks.Rows(Thinning.Thin(mask, size, outside: 1), size);

        Assert.All(rows, row => Assert.Equal(1, row.Count(c => c == '#')));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_connected_stays_so_and_what_is_apart_too(int seed)
    {
        PictureSize size = new(30, 27);
        byte[] mask = Masks.Squares(size, count: 8 + (5 * seed), seed);

        byte[] thin = Thinning.Thin(mask, size);

        Assert.Equal(Count(mask, size, Connectivity.Eight), Count(thin, size, Connectivity.Eight));
        Assert.All(thin.Zip(mask), pixels => Assert.True(pixels.First <= pixels.Second));
        Assert.Equal(thin, Thinning.Thin(thin, size));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cells_within_a_frame_stay_apart(int seed)
    {
        PictureSize size = new(30, 27);
        byte[] mask = Masks.Squares(size, count: 8 + (5 * seed), seed);

        byte[] thin = Thinning.Thin(mask, size, outside: 1);

        Assert.Equal(
            Count(Masks.Inverse(mask), size, Connectivity.Four), Count(Masks.Inverse(thin), size, Connectivity.Four));
    }

    [Fact]
    public void Nothing_and_single_pixels_stay_as_they_are()
    {
        Assert.Empty(Thinning.Thin([], new PictureSize(0, 0)));
        Assert.Equal([0, 0], Thinning.Thin([0, 0], new PictureSize(1, 2)));
        Assert.Equal([0, 1, 0], Thinning.Thin([0, 7, 0], new PictureSize(1, 3)));
    }

    [Fact]
    public void A_large_full_mask_is_thinned_in_linear_time()
    {
        // Pass by pass over the whole picture this would look at half a million million pixels.
        PictureSize size = new(1200, 1200);
        byte[] mask = new byte[size.Height * size.Width];
        mask.AsSpan().Fill(1);

        Assert.InRange(Thinning.Thin(mask, size).Count(value => value != 0), 1, 4 * size.Width);
    }

    private static int Count(byte[] mask, PictureSize size, Connectivity connectivity) =>
        ConnectedComponents.Label(mask, size, connectivity).Count;
}
