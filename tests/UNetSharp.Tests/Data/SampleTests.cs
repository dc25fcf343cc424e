using UNetSharp.Data;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Data;

public sealed class SampleTests : IDisposable
{
    private static readonly MaskClasses Binary = new(1, new Dictionary<int, int> { [0] = 0, [255] = 1 });
    private readonly Pictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData(255, 51)]
    [InlineData(65535, 13107)]
    [InlineData(1, 0.2f)]
    public void Images_are_scaled_by_full_brightness(float fullScale, float value)
    {
        float[] unit = new Picture(1, 1, 1, fullScale, [value]).ToUnit(1);

        Assert.Equal(0.2f, Assert.Single(unit), 1e-6f);
    }

    [Fact]
    public void Colour_becomes_grey_by_luma_and_grey_is_repeated()
    {
        // 0.299 · 100 + 0.587 · 200 + 0.114 · 50 = 153
        Assert.Equal(153f / 255, Assert.Single(new Picture(1, 1, 3, 255, [100, 200, 50]).ToUnit(1)), 1e-6f);
        Assert.Equal([0.2f, 0.2f, 0.2f], new Picture(1, 1, 1, 255, [51]).ToUnit(3));
    }

    [Fact]
    public void A_pair_becomes_an_image_and_its_classes()
    {
        _pictures.Add("a", Pictures.Grey(2, 1, 0, 51), Pictures.Grey(2, 1, 255, 0));

        Sample sample = Read(size: null);

        Assert.Equal(("a", new PictureSize(1, 2), 1), (sample.Name, sample.Size, sample.Channels));
        Assert.Equal([0, 0.2f], sample.Image);
        Assert.Equal([1, 0], sample.Mask);
    }

    [Fact]
    public void Resizing_smooths_the_image_and_never_the_mask()
    {
        _pictures.Add("a", Pictures.Grey(2, 1, 0, 255), Pictures.Grey(2, 1, 0, 255));

        Sample sample = Read(new PictureSize(1, 4));

        Assert.Equal([0, 0.25f, 0.75f, 1], sample.Image);
        Assert.Equal([0, 0, 1, 1], sample.Mask);
    }

    [Fact]
    public void A_mask_of_another_size_is_an_error_that_names_both()
    {
        _pictures.Add("a", Pictures.Flat(4, 3, 0), Pictures.Flat(3, 4, 0));

        string message = Assert.Throws<DataException>(() => Read(size: null)).Message;

        Assert.Contains("masks", message, StringComparison.Ordinal);
        Assert.Contains("3x4", message, StringComparison.Ordinal);
        Assert.Contains("images", message, StringComparison.Ordinal);
        Assert.Contains("4x3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, new float[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(true, false, new float[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(false, true, new float[] { 4, 5, 6, 1, 2, 3 })]
    [InlineData(true, true, new float[] { 6, 5, 4, 3, 2, 1 })]
    public void Flips_move_image_and_mask_together(bool isMirrored, bool isUpsideDown, float[] expected)
    {
        (float[] image, float[] mask) = Place(2, 3, new Placement(0, 0, isMirrored, isUpsideDown));

        Assert.Equal(expected, image);
        Assert.Equal(expected, mask);
    }

    [Fact]
    public void Crops_move_image_and_mask_together()
    {
        (float[] image, float[] mask) = Place(1, 2, new Placement(1, 1, false, false));

        Assert.Equal([5, 6], image);
        Assert.Equal([5, 6], mask);
    }

    [Fact]
    public void A_crop_beyond_the_border_is_mirrored_without_repeating_the_edge()
    {
        // Columns -2 .. 4 of 1 2 3 are 3 2 1 2 3 2 1; rows -1 .. 1 of the two are second, first, second.
        (float[] image, float[] mask) = Place(3, 7, new Placement(-1, -2, false, false));

        float[] expected = [6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1, 6, 5, 4, 5, 6, 5, 4];
        Assert.Equal(expected, image);
        Assert.Equal(expected, mask);
    }

    [Fact]
    public void One_row_is_mirrored_onto_itself() => Assert.All(Enumerable.Range(-5, 11), position =>
        Assert.Equal(0, Sample.Mirrored(position, 1)));

    private Sample Read(PictureSize? size) =>
        new SampleReader(_pictures.Read, Binary, channels: 1, size).Read(_pictures.Find().Pairs[0]);

    /// <summary>Places a sample of rows 1 2 3 and 4 5 6, in image and mask, as the second item of a batch.</summary>
    private static (float[] Image, float[] Mask) Place(int height, int width, Placement placement)
    {
        Sample sample = new("a", new PictureSize(2, 3), 1, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]);
        Tensor images = new(new Shape(2, height, width, 1));
        Tensor masks = new(new Shape(2, height, width, 1));
        sample.CopyTo(images, masks, 1, placement);
        Assert.All(images.Data[..(height * width)].ToArray(), value => Assert.Equal(0, value));
        return (images.Data[(height * width)..].ToArray(), masks.Data[(height * width)..].ToArray());
    }
}
