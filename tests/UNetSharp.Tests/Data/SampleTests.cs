using UNetSharp.Data;

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
        float[] unit = new Picture(1, 1, 1, fullScale, [value]).ToUnitRange(1);

        Assert.Equal(0.2f, Assert.Single(unit), 1e-6f);
    }

    [Fact]
    public void Colour_becomes_grey_by_luma_and_grey_is_repeated()
    {
        // 0.299 · 100 + 0.587 · 200 + 0.114 · 50 = 153
        Assert.Equal(153f / 255, Assert.Single(new Picture(1, 1, 3, 255, [100, 200, 50]).ToUnitRange(1)), 1e-6f);
        Assert.Equal([0.2f, 0.2f, 0.2f], new Picture(1, 1, 1, 255, [51]).ToUnitRange(3));
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

    private Sample Read(PictureSize? size) =>
        new SampleReader(_pictures.Read, Binary, channels: 1, size).Read(_pictures.Find().Pairs[0]);
}
