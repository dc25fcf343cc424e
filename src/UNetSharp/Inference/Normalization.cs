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
    public static float[] ToNetwork(this Normalization normalization, Picture picture, PictureSize size, int channels)
    {
        PictureSize own = new(picture.Height, picture.Width);
        float[] unit = picture.ToUnit(channels);
        if (normalization == Normalization.Unit)
        {
            return Resampling.Bilinear(unit, own, size, channels);
        }

        float[] image = Resampling.Interpolated(unit, own, size, channels);
        float most = image.Max();
        for (int i = 0; i < image.Length; i++)
        {
            int channel = i % channels % Means.Length;
            image[i] = ((most > 0 ? image[i] / most : 0) - Means[channel]) / Deviations[channel];
        }

        return image;
    }

    /// <summary>The probabilities at the picture's size.</summary>
    public static float[] FromNetwork(
        this Normalization normalization,
        ReadOnlySpan<float> probabilities,
        PictureSize size,
        PictureSize own,
        int classes)
    {
        if (normalization == Normalization.Unit)
        {
            return Resampling.Bilinear(probabilities, size, own, classes);
        }

        float[] stretched = probabilities.ToArray();
        (float least, float most) = (stretched.Min(), stretched.Max());
        for (int i = 0; i < stretched.Length; i++)
        {
            float value = most > least ? (stretched[i] - least) / (most - least) : stretched[i];
            stretched[i] = MathF.Floor(value * byte.MaxValue) / byte.MaxValue;
        }

        return Resampling.Bilinear(stretched, size, own, classes);
    }
}
