using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Distances against every pair of pixels.</summary>
public sealed class DistanceTransformTests
{
    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(1, 23, 0.1)]
    [InlineData(23, 1, 0.1)]
    [InlineData(15, 18, 0.02)]
    [InlineData(18, 15, 0.1)]
    [InlineData(16, 16, 0.7)]
    public void Distances_are_the_smallest_of_all_pairs(int height, int width, double share)
    {
        PictureSize size = new(height, width);
        byte[] mask = Masks.Random(size, share, seed: 3);

        double[] squared = DistanceTransform.ComputeSquared(mask, size);

        for (int i = 0; i < mask.Length; i++)
        {
            Assert.Equal(Nearest(mask, width, i), squared[i]);
        }
    }

    [Fact]
    public void Nothing_is_infinitely_far() => Assert.All(
        DistanceTransform.ComputeSquared(new byte[6], new PictureSize(2, 3)), d =>
            Assert.Equal(double.PositiveInfinity, d));

    [Fact]
    public void A_picture_without_pixels_has_no_distances() =>
        Assert.Empty(DistanceTransform.ComputeSquared([], new PictureSize(0, 5)));

    private static double Nearest(byte[] mask, int width, int i)
    {
        double nearest = double.PositiveInfinity;
        for (int j = 0; j < mask.Length; j++)
        {
            int down = (j / width) - (i / width);
            int right = (j % width) - (i % width);
            nearest = mask[j] == 0 ? nearest : Math.Min(nearest, (down * down) + (right * right));
        }

        return nearest;
    }
}
