using UNetSharp.Data;

namespace UNetSharp.Inference;

/// <summary>How pictures are brought to the values that a network has learnt from.</summary>
public enum Normalization
{
    /// <summary>Values from 0 to 1: what our own training does.</summary>
    Unit,

    /// <summary>
    /// What the published saliency networks have learnt from (U²-Net, Qin et al. 2020,
    /// https://arxiv.org/abs/2005.09007): the image's maximum is 1, then every channel is centred and scaled by the
    /// statistics of ImageNet; the image becomes small by plain interpolation. Maps are stretched to 0 to 1 and, before
    /// they get the picture's size, cut off to steps of 1/255, as the authors' program keeps them in 8 bits: without
    /// that ours would lie half a step above theirs.
    /// </summary>
    Saliency,
}

/// <summary>A picture's way into a network, and a map's way out of it.</summary>
internal static class Normalizing
{
    private static readonly float[] Means = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviations = [0.229f, 0.224f, 0.225f];

    /// <summary>The picture at the network's size, (height, width, channels).</summary>
    /// <param name="normalization">How values are changed.</param>
    /// <param name="unit">The picture in 0..1; its memory is the result's where the size stays.</param>
    /// <param name="own">The picture's size.</param>
    /// <param name="size">The network's size.</param>
    /// <param name="channels">Values of a pixel.</param>
    public static Span<float> ToNetwork(
        this Normalization normalization, Span<float> unit, PictureSize own, PictureSize size, int channels)
    {
        Span<float> image = own == size ? unit
            : normalization == Normalization.Unit ? Resampling.Bilinear(unit, own, size, channels)
            : Resampling.Interpolated(unit, own, size, channels);
        if (normalization == Normalization.Saliency)
        {
            (_, float most) = Range(image);
            for (int i = 0; i < image.Length; i++)
            {
                int channel = i % channels % Means.Length;
                image[i] = ((most > 0 ? image[i] / most : 0) - Means[channel]) / Deviations[channel];
            }
        }

        return image;
    }

    /// <summary>The probabilities at the picture's size; their memory is the result's where the size stays.</summary>
    public static float[] FromNetwork(
        this Normalization normalization, float[] probabilities, PictureSize size, PictureSize own, int classes)
    {
        if (normalization == Normalization.Saliency)
        {
            (float least, float most) = Range(probabilities);
            foreach (ref float value in probabilities.AsSpan())
            {
                float stretched = most > least ? (value - least) / (most - least) : value;
                value = MathF.Floor(stretched * byte.MaxValue) / byte.MaxValue;
            }
        }

        return size == own ? probabilities : Resampling.Bilinear(probabilities, size, own, classes);
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
