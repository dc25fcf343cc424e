using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Models;

namespace UNetSharp.Tests.Inference;

public sealed class SegmenterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 40)]
    [InlineData(33, 17)]
    public void Pictures_of_any_size_are_segmented_at_their_size(int height, int width)
    {
        foreach (string model in new[] { "unet", "unet-classic" })
        {
            using Segmenter segmenter = new(Trained(model, channels: 3), threads: 1);

            Segmentation result = segmenter.Segment(Random(height, width, 3));

            Assert.Equal(new PictureSize(height, width), result.Size);
            Assert.Equal(height * width, result.Probabilities.Length);
            Assert.All(result.Probabilities, value => Assert.InRange(value, 0, 1));
        }
    }

    [Fact]
    public void Pretrained_saliency_networks_see_pictures_as_they_have_learnt_to()
    {
        NetworkDescription description = NetworkDescription.Of(U2Net.LightEntry.Usual);

        Assert.Equal(Normalization.Saliency, description.Normalization);
        Assert.Equal(new PictureSize(320, 320), description.Size);
        Assert.Equal(Normalization.Unit, NetworkDescription.Of(UNet.Entry.Usual).Normalization);
    }

    [Fact]
    public void Saliency_maps_do_not_depend_on_the_picture_s_brightness_and_reach_from_zero_to_one()
    {
        TrainedNetwork trained = Trained("u2netp", channels: 3);
        trained = trained with
        {
            Description = trained.Description with { Size = new PictureSize(32, 32), Normalization = Normalization.Saliency },
        };
        using Segmenter segmenter = new(trained, threads: 1);
        Picture bright = Random(40, 30, 3);
        Picture dark = new(30, 40, 3, 255, [.. bright.Samples.Select(value => value / 4)]);

        float[] map = segmenter.Segment(bright).Probabilities;
        float[] same = segmenter.Segment(dark).Probabilities;

        Assert.InRange(map.Min(), 0, 0.05f);
        Assert.InRange(map.Max(), 0.95f, 1);
        Assert.All(map.Zip(same), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void Networks_for_other_than_grey_or_colour_images_are_refused() =>
        Assert.Throws<DataException>(() => new Segmenter(Trained("unet", channels: 4), threads: 1));

    private static TrainedNetwork Trained(string model, int channels)
    {
        ModelSettings settings = ModelCatalog.Entry(model).Usual with { Channels = channels, Classes = 1, Width = 2 };
        NetworkDescription description = new(
            settings, new MaskClasses(1, new Dictionary<int, int> { [0] = 0, [255] = 1 }), Size: null);
        return new TrainedNetwork(ModelCatalog.Create(settings, seed: 1), description);
    }

    private static Picture Random(int height, int width, int channels)
    {
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, height * width * channels).Select(_ => (float)random.Next(256))];
        return new Picture(width, height, channels, 255, samples);
    }
}
