using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Tests.Inference;

/// <summary>
/// The way of pictures into saliency networks and of maps out of them, against the steps of the authors' program in
/// Python, taken with Pillow 9.4 and scikit-image 0.19 (resize with order 1 and anti_aliasing=False).
/// </summary>
public sealed class NormalizationTests
{
    [Fact]
    public void Maps_are_stretched_cut_off_to_8_bits_and_enlarged()
    {
        // Image.fromarray((255 · stretched).astype(uint8).astype(float32)).resize((5, 4), BILINEAR), in steps of 1/255.
        float[] expected =
        [
            0, 102, 255, 134.4f, 54, 36.25f, 98.25f, 191.25f, 128.1f, 86,
            108.75f, 90.75f, 63.75f, 115.5f, 150, 145, 87, 0, 109.2f, 182,
        ];

        float[] map = Enlarged([0.2f, 0.9f, 0.35f, 0.6f, 0.2004f, 0.7f], new PictureSize(2, 3), new PictureSize(4, 5));

        Assert.Equal(expected.Length, map.Length);
        Assert.All(expected.Zip(map), pair => Assert.Equal(pair.First / 255, pair.Second, 1e-5f));
    }

    [Fact]
    public void Maps_get_smaller_without_aliasing()
    {
        float[] map = Enlarged([0, 1, 0, 1, 0, 1], new PictureSize(1, 6), new PictureSize(1, 1));

        Assert.Equal(0.5f, Assert.Single(map), 1e-6f); // a triangle of weights over all six, even from left to right
    }

    [Fact]
    public void Maps_that_lie_together_are_stretched_each()
    {
        float[] maps = [0.2f, 0.3f, 0.6f, 0.6f, 0.4f, 0.3f, 0.6f, 0.6f]; // two pixels of two maps of two classes

        InputNormalization.Stretch(maps, mapCount: 2, classes: 2);

        Assert.Equal([0, 127f / 255, 0.6f, 0.6f, 1, 127f / 255, 0.6f, 0.6f], maps);
    }

    [Fact]
    public void A_map_of_one_value_is_not_stretched() => Assert.All(
        Enlarged([0.6f, 0.6f], new PictureSize(1, 2), new PictureSize(1, 2)), value =>
            Assert.Equal(0.6f, value, 1e-6f));

    [Fact]
    public void Pictures_are_interpolated_divided_by_their_maximum_and_centred()
    {
        Picture picture = new(4, 5, 3, 255,
        [
            10, 20, 30, 200, 100, 50, 60, 70, 80, 0, 5, 9,
            90, 80, 70, 120, 130, 140, 30, 20, 10, 250, 240, 230,
            1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 110, 120,
            15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 115, 125,
            5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
        ]);
        float[] expected =
        [
            0.0767f, 0.0133f, 0.0987f, 0.267f, 0.0934f, 0.1785f, 2.2489f, 2.2626f, 2.3038f,
            -1.6779f, -1.3729f, -0.9326f, -0.8448f, -0.5213f, -0.0848f, -0.0118f, 0.3304f, 0.7631f,
        ];

        Span<float> image =
            Normalization.Saliency.Resize(
                picture.ToUnitRange(3), new PictureSize(5, 4), new PictureSize(2, 3), channels: 3);
        Normalization.Saliency.ToNetwork(image, channels: 3);

        Assert.All(expected.Zip(image.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    private static float[] Enlarged(float[] map, PictureSize from, PictureSize to)
    {
        InputNormalization.Stretch(map, mapCount: 1, classes: 1);
        return Resampling.ResizeAntialiased(map, from, to, channels: 1);
    }
}
