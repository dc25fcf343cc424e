using UNetSharp.Data;

namespace UNetSharp.Inference;

/// <summary>What a network finds in a picture, at the picture's own size.</summary>
/// <param name="Size">Height and width.</param>
/// <param name="Channels">1: probability of the foreground; K: probability of each class.</param>
/// <param name="Probabilities">Values in 0..1, (height, width, channels).</param>
public sealed record Segmentation(PictureSize Size, int Channels, float[] Probabilities)
{
    /// <summary>What each side output of the network finds, if the segmenter was asked for them; else empty.</summary>
    public IReadOnlyList<Segmentation> SideOutputs { get; init; } = [];

    /// <summary>
    /// The class of every pixel. With one foreground class: 1 where its probability is above the threshold, else 0;
    /// with several: the most probable one, whatever the threshold.
    /// </summary>
    public byte[] ComputeClasses(float threshold = 0.5f)
    {
        byte[] classes = new byte[Size.Height * Size.Width];
        FindClasses(Probabilities, Channels, threshold, classes);
        return classes;
    }

    /// <summary>The class of some pixels, as <see cref="ComputeClasses"/>.</summary>
    /// <param name="probabilities">(pixels, channels); of more values of a pixel, the first ones count.</param>
    /// <param name="channels">1: probability of the foreground; K: probability of each class.</param>
    /// <param name="threshold">Probability above which a pixel of one foreground class is foreground.</param>
    /// <param name="classes">Takes the class of each pixel.</param>
    public static void FindClasses(
        ReadOnlySpan<float> probabilities, int channels, float threshold, Span<byte> classes)
    {
        int stride = classes.Length == 0 ? 0 : probabilities.Length / classes.Length;
        for (int i = 0; i < classes.Length; i++)
        {
            ReadOnlySpan<float> pixel = probabilities.Slice(i * stride, channels);
            classes[i] = channels == 1 ? (byte)(pixel[0] > threshold ? 1 : 0) : ArgMax(pixel);
        }
    }

    /// <summary>Probability of a class in every pixel; that of the background of one foreground class is the rest.
    /// </summary>
    /// <param name="k">The class; 0 is the background.</param>
    public float[] GetProbability(int k)
    {
        float[] values = new float[Size.Height * Size.Width];
        for (int i = 0; i < values.Length; i++)
        {
            float first = Probabilities[i * Channels];
            values[i] = Channels > 1 ? Probabilities[(i * Channels) + k] : k == 1 ? first : 1 - first;
        }

        return values;
    }

    private static byte ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int k = 1; k < values.Length; k++)
        {
            best = values[k] > values[best] ? k : best;
        }

        return (byte)best;
    }
}
