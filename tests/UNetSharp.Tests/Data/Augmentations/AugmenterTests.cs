using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

/// <summary>Everything together.</summary>
public class AugmenterTests
{
    private static readonly AugmentationSettings Strong = AugmentationCatalog.Parse("strong");

    /// <summary>All the moves of "strong", and nothing that changes values.</summary>
    private static readonly AugmentationSettings Moves = AugmentationCatalog.Parse(
        "flips,vflips,turns,shift,rotate=45,scale,elastic=3:1,foreground");

    [Theory]
    [InlineData(13, 9, 3)]
    [InlineData(8, 8, 1)]
    public void Nothing_changes_when_nothing_may(int height, int width, int channels)
    {
        Sample sample = MarkedSamples.CreateNoisy(height, width, channels);
        AugmentationSettings never = AugmentationCatalog.Entries.Aggregate(
            AugmentationSettings.None, (settings, entry) =>
                entry.With(settings, new Augmentation(entry.MaxStrength, 0)));

        for (int epoch = 1; epoch <= 20; epoch++)
        {
            Sample same = new Augmenter(never).Augment(sample, sample.Size, seed: 1, epoch);
            Assert.Equal(sample.Image, same.Image);
            Assert.Equal(sample.Mask, same.Mask);
        }
    }

    [Theory]
    [InlineData(64, 64, null)]
    [InlineData(61, 47, null)]
    [InlineData(47, 61, 32)]
    [InlineData(40, 30, 51)] // larger than the sample
    public void Image_and_mask_move_together(int height, int width, int? crop)
    {
        // A disc that is white in the image and 1 in the mask; smoothing leaves the outline within half a pixel.
        byte[] mask =
        [
            .. Enumerable.Range(0, height * width).Select(i =>
                (byte)(Math.Pow((i / width) - 14, 2) + Math.Pow((i % width) - 17, 2) < 80 ? 1 : 0)),
        ];
        Sample sample = MarkedSamples.Create(height, width, 1, mask, [.. mask.Select(value => (float)value)]);
        PictureSize part = crop is { } side ? new PictureSize(side, side) : sample.Size;
        Augmenter augmenter = new(Moves);
        for (int epoch = 1; epoch <= 40; epoch++)
        {
            Sample moved = augmenter.Augment(sample, part, seed: 3, epoch);
            int differing = moved.Image.Zip(moved.Mask).Count(pair => Math.Abs(pair.First - pair.Second) > 0.75f);
            Assert.Equal(0, differing);
        }
    }

    [Fact]
    public void Values_of_masks_never_mix()
    {
        Sample sample = MarkedSamples.CreateNoisy(37, 53, 1);
        Augmenter augmenter = new(Strong);
        for (int epoch = 1; epoch <= 30; epoch++)
        {
            Assert.All(
                augmenter.Augment(sample, sample.Size, seed: 3, epoch).Mask,
                value => Assert.Contains(value, sample.Mask));
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 17, 3)]
    [InlineData(2, 3, 1)]
    [InlineData(31, 45, 3)]
    public void Values_stay_finite_and_between_black_and_white(int height, int width, int channels)
    {
        Sample sample = MarkedSamples.CreateNoisy(height, width, channels);
        Augmenter augmenter = new(AugmentationCatalog.Parse(
            "flips,vflips,turns,shift=0.5,rotate=180,scale=1,elastic=100:1,foreground:1,brightness=1:1,contrast=4:1,"
            + "gamma=4:1,noise=1:1,blur=10:1,grid=16"));
        foreach (PictureSize part in new[] { sample.Size, new PictureSize(7, 7), new PictureSize(40, 40) })
        {
            for (int epoch = 1; epoch <= 20; epoch++)
            {
                Assert.All(
                    augmenter.Augment(sample, part, seed: 1, epoch).Image, value => Assert.InRange(value, 0, 1));
            }
        }
    }

    [Fact]
    public void A_sample_stays_as_it_is()
    {
        Sample sample = MarkedSamples.CreateNoisy(20, 20, 3);
        (float[] image, byte[] mask) = ([.. sample.Image], [.. sample.Mask]);

        new Augmenter(Strong).Augment(sample, sample.Size, seed: 1, epoch: 1);

        Assert.Equal(image, sample.Image);
        Assert.Equal(mask, sample.Mask);
    }

    [Fact]
    public void The_same_seed_epoch_and_name_give_the_same_and_any_other_something_else()
    {
        Sample sample = MarkedSamples.CreateNoisy(24, 24, 1);
        Augmenter used = new(Strong);
        // Leaves its buffers behind.
        used.Augment(MarkedSamples.CreateNoisy(50, 60, 3), new PictureSize(33, 33), seed: 9, epoch: 9);
        float[] first = used.Augment(sample, sample.Size, seed: 1, epoch: 1).Image;

        Assert.Equal(first, new Augmenter(Strong).Augment(sample, sample.Size, seed: 1, epoch: 1).Image);
        Assert.NotEqual(first, used.Augment(sample, sample.Size, seed: 2, epoch: 1).Image);
        Assert.NotEqual(first, used.Augment(sample, sample.Size, seed: 1, epoch: 2).Image);
        Assert.NotEqual(first, used.Augment(sample with { Name = "other" }, sample.Size, seed: 1, epoch: 1).Image);
    }
}
