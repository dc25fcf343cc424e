using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Inference;

/// <summary>A picture's way into a network, and a map's way out of it.</summary>
internal static class Normalizing
{
    private static readonly float[] Means = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviations = [0.229f, 0.224f, 0.225f];

    /// <summary>Rows of a picture at the network's size.</summary>
    public static RowSource Resized(this Normalization normalization, RowSource picture, PictureSize size) =>
        normalization == Normalization.Unit
            ? ResizedRows.Bilinear(picture, size)
            : ResizedRows.Interpolated(picture, size);

    /// <summary>A picture in memory, (height, width, channels), at the network's size.</summary>
    public static Span<float> Resized(
        this Normalization normalization, Span<float> image, PictureSize own, PictureSize size, int channels) =>
        own == size ? image
        : normalization == Normalization.Unit ? Resampling.Bilinear(image, own, size, channels)
        : Resampling.Interpolated(image, own, size, channels);

    /// <summary>Brings the values of an image, (height, width, channels) in 0..1, to what the network has learnt from.</summary>
    public static void ToNetwork(this Normalization normalization, Span<float> image, int channels)
    {
        if (normalization == Normalization.Unit)
        {
            return;
        }

        (_, float most) = Range(image);
        for (int i = 0; i < image.Length; i++)
        {
            int channel = i % channels % Means.Length;
            image[i] = ((most > 0 ? image[i] / most : 0) - Means[channel]) / Deviations[channel];
        }
    }

    /// <summary>
    /// Stretches the probabilities of a whole image to 0 to 1 and, before they get the picture's size, cuts them off to steps
    /// of 1/255, as the authors of saliency networks keep them in 8 bits: without that ours would lie half a step above theirs.
    /// </summary>
    public static void Stretch(Span<float> probabilities)
    {
        (float least, float most) = Range(probabilities);
        if (most <= least)
        {
            return;
        }

        foreach (ref float value in probabilities)
        {
            value = MathF.Floor((value - least) / (most - least) * byte.MaxValue) / byte.MaxValue;
        }
    }

    private static (float Least, float Most) Range(ReadOnlySpan<float> values)
    {
        (float least, float most) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            (least, most) = (MathF.Min(least, value), MathF.Max(most, value));
        }

        return (least, most);
    }
}
