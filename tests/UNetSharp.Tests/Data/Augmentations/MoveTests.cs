using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

/// <summary>Flips, turns, shifts, crops, rotation and scale.</summary>
public class MoveTests
{
    private static readonly float[] Once = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(false, false, new float[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(true, false, new float[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(false, true, new float[] { 4, 5, 6, 1, 2, 3 })]
    [InlineData(true, true, new float[] { 6, 5, 4, 3, 2, 1 })]
    public void Flips_are_exact(bool isFlipped, bool isUpsideDown, float[] expected) => AssertMoved(
        2, 3, new AugmentationDraw { IsFlippedHorizontally = isFlipped, IsFlippedVertically = isUpsideDown }, expected);

    [Theory]
    [InlineData(1, new float[] { 3, 1, 4, 2 })]
    [InlineData(2, new float[] { 4, 3, 2, 1 })]
    [InlineData(3, new float[] { 2, 4, 1, 3 })]
    public void Turns_are_exact_and_clockwise(int turns, float[] expected)
    {
        Sample square = MarkedSamples.Create(2, 2, 1, [1, 2, 3, 4], [1, 2, 3, 4]);

        (float[] image, float[] mask) =
            MarkedSamples.Augment(square, square.Size, new AugmentationDraw { QuarterTurns = turns });

        Assert.Equal(expected, image);
        Assert.Equal(expected, mask);
    }

    [Theory]
    [InlineData(1, new float[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(2, new float[] { 6, 5, 4, 3, 2, 1 })]
    [InlineData(3, new float[] { 6, 5, 4, 3, 2, 1 })]
    public void What_is_not_square_keeps_its_size_when_turned(int turns, float[] expected) =>
        AssertMoved(2, 3, new AugmentationDraw { QuarterTurns = turns }, expected);

    [Fact]
    public void A_shift_brings_in_the_mirrored_border() =>
        AssertMoved(2, 3, new AugmentationDraw { Shift = (0, 1 / 3.0) }, [2, 3, 2, 5, 6, 5]);

    [Fact]
    public void A_crop_is_cut_out_at_its_place() =>
        AssertMoved(1, 2, new AugmentationDraw { Window = (0.9, 0.9) }, [5, 6]);

    [Fact]
    public void A_crop_beyond_the_border_is_centred_and_mirrored_without_repeating_the_edge()
    {
        // Rows -1 .. 2 of the two are second, first, second, first; columns -2 .. 4 of 1 2 3 are 3 2 1 2 3 2 1.
        float[] first = [3, 2, 1, 2, 3, 2, 1];
        float[] second = [6, 5, 4, 5, 6, 5, 4];

        AssertMoved(4, 7, new AugmentationDraw(), [.. second, .. first, .. second, .. first]);
    }

    [Fact]
    public void Crops_reach_every_place_and_none_beyond()
    {
        Sample sample = MarkedSamples.CreateNumbered(5, 4);
        HashSet<float> corners = [];
        for (int i = 0; i < 400; i++)
        {
            Random random = new(i);
            AugmentationDraw draw = new() { Window = (random.NextDouble(), random.NextDouble()) };
            corners.Add(MarkedSamples.Augment(sample, new PictureSize(3, 3), draw).Mask[0]);
        }

        Assert.Equal([0f, 1, 4, 5, 8, 9], corners.Order());
    }

    [Fact]
    public void A_rotation_by_ninety_degrees_is_a_turn()
    {
        Sample sample = MarkedSamples.CreateNoisy(9, 9, 3);
        (float[] turned, float[] turnedMask) =
            MarkedSamples.Augment(
                sample, sample.Size, new AugmentationDraw { QuarterTurns = 1, IsFlippedHorizontally = true });

        (float[] image, float[] mask) =
            MarkedSamples.Augment(
                sample, sample.Size, new AugmentationDraw { Angle = Math.PI / 2, IsFlippedHorizontally = true });

        Assert.Equal(turnedMask, mask);
        Assert.All(turned.Zip(image), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Enlarging_by_two_takes_the_middle_half()
    {
        Sample ramp = MarkedSamples.Create(1, 5, 1, [0, 0, 1, 1, 1], [0, 0.1f, 0.2f, 0.3f, 0.4f]);

        (float[] image, float[] mask) = MarkedSamples.Augment(ramp, ramp.Size, new AugmentationDraw { Zoom = 2 });

        float[] expected = [0.1f, 0.15f, 0.2f, 0.25f, 0.3f];
        Assert.All(expected.Zip(image), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Equal([0, 1, 1, 1, 1], mask);
    }

    [Fact]
    public void Rotation_and_scale_look_beyond_a_crop_into_the_picture()
    {
        // A crop from the middle of a ramp stays a ramp: nothing is mirrored at the border of the crop.
        float[] image = [.. Enumerable.Range(0, 21 * 21).Select(i => i % 21 / 20f)];
        Sample ramp = MarkedSamples.Create(21, 21, 1, new byte[21 * 21], image);
        AugmentationDraw draw = new() { Window = (0.5, 0.5), Zoom = 0.5 };

        (float[] part, _) = MarkedSamples.Augment(ramp, new PictureSize(7, 7), draw);

        Assert.All(Enumerable.Range(0, 7), j => Assert.Equal((10 + (2 * (j - 3))) / 20f, part[j], 1e-6f));
    }

    private static void AssertMoved(int height, int width, AugmentationDraw draw, float[] expected)
    {
        Sample sample = MarkedSamples.Create(2, 3, 1, [1, 2, 3, 4, 5, 6], Once);
        (float[] image, float[] mask) = MarkedSamples.Augment(sample, new PictureSize(height, width), draw);

        Assert.Equal(expected, image);
        Assert.Equal(expected, mask);
    }
}
