using UNetSharp.Kernels;

namespace UNetSharp.Losses;

/// <summary>Logits of a pixel as probabilities.</summary>
internal static class Probability
{
    /// <summary>1 / (1 + exp(−x)).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>Sigmoid of a single logit, softmax of several.</summary>
    public static void Of(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        if (logits.Length == 1)
        {
            probabilities[0] = Sigmoid(logits[0]);
        }
        else
        {
            Softmax.Pixel(logits, probabilities);
        }
    }
}
