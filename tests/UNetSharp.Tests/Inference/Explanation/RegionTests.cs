using UNetSharp.Data;
using UNetSharp.Inference.Explanation;
using UNetSharp.Tests.Data;

namespace UNetSharp.Tests.Inference.Explanation;

public sealed class RegionTests
{
    private static readonly PictureSize Size = new(3, 4);

    // Two objects of class 1, one of class 2.
    private static readonly byte[] Classes =
    [
        1, 0, 0, 1,
        0, 1, 0, 2,
        0, 0, 0, 2,
    ];

    [Fact]
    public void A_component_is_all_that_touches_the_pixel_at_sides_or_corners() => Assert.Equal(
        [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], Region.FromComponent(Classes, Size, k: 1, x: 1, y: 1).Mask.ToArray());

    [Fact]
    public void A_pixel_of_another_class_has_no_component()
    {
        DataException e = Assert.Throws<DataException>(() => Region.FromComponent(Classes, Size, k: 1, x: 3, y: 2));

        Assert.Contains("finds class 2 at pixel 3,2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pixel_is_counted_from_the_upper_left() => Assert.Equal(
        [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], Region.FromPixel(Size, x: 2, y: 1).Mask.ToArray());

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 3)]
    [InlineData(-1, 0)]
    public void A_pixel_outside_is_refused(int x, int y) =>
        Assert.Throws<DataException>(() => Region.FromPixel(Size, x, y));

    [Fact]
    public void A_mask_marks_what_is_not_zero()
    {
        Assert.Equal([0, 1, 1], Region.FromMask(Pictures.Grey(3, 1, 0, 255, 1)).Mask.ToArray());
        Assert.Throws<DataException>(() => Region.FromMask(Pictures.Flat(3, 1, 0)));
    }

    [Fact]
    public void In_another_size_a_region_keeps_its_share_of_the_picture()
    {
        Region left = Region.FromMask(Pictures.Grey(4, 2, 9, 9, 0, 0, 9, 9, 0, 0));

        Assert.Equal([1, 0], left.ComputeWeights(new PictureSize(1, 2)).Select(value => MathF.Round(value)));
        Assert.Equal(400, left.ComputeWeights(new PictureSize(20, 40)).Sum(), 1e-2);
    }
}
