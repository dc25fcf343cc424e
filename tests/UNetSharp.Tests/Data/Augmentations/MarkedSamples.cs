using UNetSharp.Data;
using UNetSharp.Data.Augmentations;

namespace UNetSharp.Tests.Data.Augmentations;

/// <summary>Samples in which every move shows.</summary>
internal static class MarkedSamples
{
    /// <summary>Pixel i is i in the mask and i / 255 in every channel.</summary>
    public static Sample CreateNumbered(int height, int width, int channels = 1)
    {
        byte[] mask = [.. Enumerable.Range(0, height * width).Select(i => (byte)i)];
        float[] image = [.. mask.SelectMany(value => Enumerable.Repeat(value / 255f, channels))];
        return Create(height, width, channels, mask, image);
    }

    /// <summary>Random values, and a few rectangles of classes 0, 7 and 200.</summary>
    public static Sample CreateNoisy(int height, int width, int channels, int seed = 1)
    {
        Random random = new(seed);
        byte[] values = [0, 7, 200];
        return Create(
            height,
            width,
            channels,
            [.. Enumerable.Range(0, height * width).Select(i => values[((i / width / 4) + (i % width / 3)) % 3])],
            [.. Enumerable.Range(0, height * width * channels).Select(_ => random.NextSingle())]);
    }

    public static Sample Create(int height, int width, int channels, byte[] mask, float[] image) =>
        new("marked", new PictureSize(height, width), channels, image, mask);

    /// <summary>A part of a sample with what a draw says.</summary>
    public static (float[] Image, float[] Mask) Augment(Sample sample, PictureSize part, AugmentationDraw draw)
    {
        float[] image = new float[part.Height * part.Width * sample.Channels];
        float[] mask = new float[part.Height * part.Width];
        Array.Fill(image, float.NaN);
        Array.Fill(mask, float.NaN);
        new Augmenter(AugmentationSettings.None).Augment(sample, part, part, draw, image, mask);
        return (image, mask);
    }
}
