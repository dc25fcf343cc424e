using UNetSharp.Data;
using UNetSharp.Inference.Explanation;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Inference.Explanation;

/// <summary>What hiding costs, by hand: the network's logit is 2 · x + 1 at every pixel.</summary>
public sealed class OcclusionTests
{
    private static readonly ConvolutionChain Network = new([2]);

    // A bright square in the upper left; the mean is 1/4.
    private static readonly Picture Square =
        ConvolutionChain.Image(4, 4, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public void Hiding_what_is_bright_costs_its_share_of_the_mean_logit()
    {
        Occlusion found = Compute(Square, Region.All(new PictureSize(4, 4)), k: 1);

        // Four pixels of 16 change by 1/4 − 1 or 1/4 − 0.
        const float Bright = 2 * 4 * 0.75f / 16, Dark = -2 * 4 * 0.25f / 16;
        float[] expected =
        [
            Bright, Bright, Dark, Dark, Bright, Bright, Dark, Dark,
            Dark, Dark, Dark, Dark, Dark, Dark, Dark, Dark,
        ];
        CloseAssert.AreClose(expected, found.LogitDrops, 1e-6, "losses");
        Assert.Equal((2 * 0.25) + 1, found.MeanLogit, 1e-6);
        Assert.Equal(Bright, found.Map.Peak, 1e-6);
        CloseAssert.AreClose([.. expected.Select(value => value > 0 ? 1f : 0)], found.Map.Values, 1e-6, "map");
    }

    [Fact]
    public void What_the_foreground_loses_the_background_gains()
    {
        Region region = Region.All(new PictureSize(4, 4));

        float[] foreground = Compute(Square, region, k: 1).LogitDrops;

        CloseAssert.AreClose(
            Array.ConvertAll(foreground, value => -value), Compute(Square, region, k: 0).LogitDrops, 1e-6, "losses");
    }

    [Fact]
    public void Only_the_region_counts()
    {
        Occlusion found = Compute(Square, Region.FromPixel(new PictureSize(4, 4), x: 1, y: 1), k: 1);

        Assert.Equal(3, found.MeanLogit, 1e-6);
        Assert.Equal(2 * 0.75f, found.LogitDrops[0], 1e-6);
        Assert.Equal(0, found.LogitDrops[^1], 1e-6);
    }

    [Fact]
    public void The_last_patch_ends_at_the_border_and_overlaps_are_averaged()
    {
        List<(int, int)> told = [];
        Picture picture = ConvolutionChain.Image(2, 3, 1, 0, 0, 1, 0, 0);

        var found = Occlusion.Compute(
            Network.Trained, picture, Region.All(new PictureSize(2, 3)), k: 1, patch: 2, stride: 2, threads: 1,
            (done, all) => told.Add((done, all)));

        // Patches over columns 0, 1 and over 1, 2; the mean is 1/3.
        float[] row = [2 / 9f, -1 / 9f, -4 / 9f];
        CloseAssert.AreClose([.. row, .. row], found.LogitDrops, 1e-6, "losses");
        Assert.Equal([(1, 2), (2, 2)], told);
    }

    [Fact]
    public void A_patch_that_would_leave_gaps_is_refused() => Assert.Throws<ArgumentException>(() => Occlusion.Compute(
        Network.Trained, Square, Region.All(new PictureSize(4, 4)), k: 1, patch: 2, stride: 3, threads: 1));

    private static Occlusion Compute(Picture picture, Region region, int k) =>
        Occlusion.Compute(Network.Trained, picture, region, k, patch: 2, stride: 2, threads: 1);
}
