using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

public class ForegroundCropTests
{
    private static readonly PictureSize Part = new(15, 15);

    [Theory]
    [InlineData("foreground:1")]
    [InlineData("foreground:1,flips,vflips,turns")]
    [InlineData("foreground:1,flips,vflips,turns,shift=0.5,rotate=180,scale=1,elastic=30:1")]
    public void A_crop_holds_the_foreground_if_asked_to(string text)
    {
        Augmenter augmenter = new(AugmentationCatalog.Parse(text));
        Sample sample = WithOnePixel(60, 71, row: 58, column: 3);
        for (int epoch = 1; epoch <= 200; epoch++)
        {
            Assert.Contains((byte)9, augmenter.Augment(sample, Part, seed: 1, epoch).Mask);
        }
    }

    [Fact]
    public void Without_it_a_crop_seldom_does()
    {
        Augmenter augmenter = new(AugmentationSettings.None);
        Sample sample = WithOnePixel(60, 71, row: 30, column: 30);

        int hits = Masks(augmenter, sample, 200).Count(mask => mask.Contains((byte)9));

        Assert.InRange(hits, 1, 60); // 225 of 46 · 57 places hold it: 17 of 200
    }

    [Fact]
    public void The_pixel_lies_anywhere_in_the_crop()
    {
        Augmenter augmenter = new(AugmentationCatalog.Parse("foreground:1"));
        Sample sample = WithOnePixel(60, 71, row: 30, column: 30);
        HashSet<int> places = [.. Masks(augmenter, sample, 2000).Select(mask => Array.IndexOf(mask, (byte)9))];

        Assert.InRange(places.Count, 220, 225);
    }

    [Fact]
    public void Every_pixel_of_the_foreground_has_its_turn()
    {
        byte[] mask = new byte[50 * 50];
        (mask[0], mask[1249], mask[2499]) = (1, 2, 3);
        Sample sample = MarkedSamples.Create(50, 50, 1, mask, new float[50 * 50]);
        Augmenter augmenter = new(AugmentationCatalog.Parse("foreground:1"));

        byte[] seen = [.. Masks(augmenter, sample, 300).Select(mask => mask.Max())];

        Assert.All(Enumerable.Range(1, 3), value => Assert.InRange(seen.Count(max => max == value), 60, 140));
    }

    [Fact]
    public void Unknown_pixels_are_no_foreground()
    {
        Sample sample = WithOnePixel(60, 71, row: 58, column: 3);
        sample.Mask.AsSpan(0, 40 * 71).Fill(MaskClasses.Ignored);
        Augmenter augmenter = new(AugmentationCatalog.Parse("foreground:1"));

        Assert.All(Masks(augmenter, sample, 100), mask => Assert.Contains((byte)9, mask));
    }

    [Fact]
    public void An_empty_mask_is_cropped_anywhere()
    {
        Sample sample = MarkedSamples.Create(20, 20, 1, new byte[400], new float[400]);

        Sample part = new Augmenter(AugmentationCatalog.Parse("foreground:1")).Augment(sample, Part, 1, 1);

        Assert.Equal(Part, part.Size);
    }

    private static IEnumerable<byte[]> Masks(Augmenter augmenter, Sample sample, int epochs) =>
        Enumerable.Range(1, epochs).Select(epoch => augmenter.Augment(sample, Part, seed: 1, epoch).Mask);

    private static Sample WithOnePixel(int height, int width, int row, int column)
    {
        byte[] mask = new byte[height * width];
        mask[(row * width) + column] = 9;
        return MarkedSamples.Create(height, width, 1, mask, new float[height * width]);
    }
}
