using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Inference;

/// <summary>A picture's way into a network, and a map's way out of it.</summary>
internal static class InputNormalization
{
    /// <summary>Rows of a picture at the network's size.</summary>
    public static RowSource Resize(this Normalization normalization, RowSource picture, PictureSize size) =>
        normalization == Normalization.Unit
            ? ResizedRows.ResizeAntialiased(picture, size)
            : ResizedRows.ResizeBilinear(picture, size);

    /// <summary>A picture in memory, (height, width, channels), at the network's size.</summary>
    public static Span<float> Resize(
        this Normalization normalization, Span<float> image, PictureSize originalSize, PictureSize size,
        int channels) =>
        originalSize == size ? image
        : normalization == Normalization.Unit ? Resampling.ResizeAntialiased(image, originalSize, size, channels)
        : Resampling.ResizeBilinear(image, originalSize, size, channels);

    /// <summary>
    /// Brings the values of an image, (height, width, channels) in 0..1, to what the network has learnt from.
    /// </summary>
    public static void ToNetwork(this Normalization normalization, Span<float> image, int channels)
    {
        if (normalization == Normalization.Unit)
        {
            return;
        }

        (_, float max) = FindRange(image);
        float[] means = [.. InputValues.ImageNetMean];
        float[] deviations = [.. InputValues.ImageNetStd];
        for (int i = 0; i < image.Length; i++)
        {
            int channel = i % channels % means.Length;
            image[i] = ((max > 0 ? image[i] / max : 0) - means[channel]) / deviations[channel];
        }
    }

    /// <summary>
    /// Stretches the probabilities of a whole image to 0 to 1 and, before they get the picture's size, cuts them off to
    /// steps of 1/255, as the authors of saliency networks keep them in 8 bits: without that ours would lie half a step
    /// above theirs. Maps that lie together, the classes of the first before those of the next, are stretched each.
    /// </summary>
    public static void Stretch(Span<float> probabilities, int mapCount, int classes)
    {
        int channels = mapCount * classes;
        for (int map = 0; map < channels; map += classes)
        {
            (float min, float max) = (float.PositiveInfinity, float.NegativeInfinity);
            for (int pixel = map; pixel < probabilities.Length; pixel += channels)
            {
                (float low, float high) = FindRange(probabilities.Slice(pixel, classes));
                (min, max) = (MathF.Min(min, low), MathF.Max(max, high));
            }

            for (int pixel = map; max > min && pixel < probabilities.Length; pixel += channels)
            {
                foreach (ref float value in probabilities.Slice(pixel, classes))
                {
                    value = MathF.Floor((value - min) / (max - min) * byte.MaxValue) / byte.MaxValue;
                }
            }
        }
    }

    private static (float Min, float Max) FindRange(ReadOnlySpan<float> values)
    {
        (float min, float max) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            (min, max) = (MathF.Min(min, value), MathF.Max(max, value));
        }

        return (min, max);
    }
}
