using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Inference.Tiling;

namespace UNetSharp.Tests.Inference;

public sealed class SymmetryTests
{
    // 1 2 3
    // 4 5 6
    private static readonly float[] Image = [1, 2, 3, 4, 5, 6];
    private static readonly PictureSize Size = new(2, 3);

    [Theory]
    [InlineData(false, false, false, new float[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(false, true, false, new float[] { 4, 5, 6, 1, 2, 3 })]
    [InlineData(false, false, true, new float[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(true, false, false, new float[] { 1, 4, 2, 5, 3, 6 })]
    [InlineData(true, false, true, new float[] { 4, 1, 5, 2, 6, 3 })] // a quarter turn clockwise
    public void An_image_is_turned_and_turned_back(bool isTransposed, bool rows, bool columns, float[] expected)
    {
        Symmetry symmetry = new(isTransposed, rows, columns);
        float[] turned = new float[6];
        float[] back = [1, 1, 1, 1, 1, 1];

        symmetry.Apply(Image, Size, channels: 1, turned);
        symmetry.AddInverse(turned, Size, channels: 1, share: 0.5f, back);

        Assert.Equal(expected, turned);
        Assert.Equal([1.5f, 2, 2.5f, 3, 3.5f, 4], back);
    }

    [Theory]
    [InlineData(TestTimeAugmentation.None, 1)]
    [InlineData(TestTimeAugmentation.Flips, 4)]
    [InlineData(TestTimeAugmentation.D4, 8)]
    public void The_copies_are_all_different_and_the_first_is_the_image(TestTimeAugmentation augmentation, int count)
    {
        Symmetry[] copies = Symmetry.FromAugmentation(augmentation);
        string[] images =
        [
            .. copies.Select(copy =>
            {
                float[] turned = new float[4];
                copy.Apply([1, 2, 3, 4], new PictureSize(2, 2), channels: 1, turned);
                return string.Join(' ', turned);
            }),
        ];

        Assert.Equal(count, images.Distinct().Count());
        Assert.Equal(count, images.Length);
        Assert.Equal("1 2 3 4", images[0]);
    }
}
