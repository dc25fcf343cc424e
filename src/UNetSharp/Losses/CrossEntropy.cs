using UNetSharp.Graph;
using UNetSharp.Kernels;

namespace UNetSharp.Losses;

/// <summary>
/// Cross entropy of logits x over K classes against the index t of the true class, the mean over all pixels:
/// <code>
/// loss = mean(log Σ exp(x[k] − max) + max − x[t])        dx[k] = (softmax(x)[k] − [k = t]) / pixels
/// </code>
/// </summary>
public readonly struct CrossEntropy : IPixelLoss
{
    /// <summary>The loss of logits (N, K, H, W) against class indices (N, 1, H, W).</summary>
    public static Value Of(Value logits, Value target) => new PixelMean<CrossEntropy>(logits, target).Output;

    /// <inheritdoc/>
    static float IPixelLoss.Of(ReadOnlySpan<float> logits, float target)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = MathF.Max(max, logit);
        }

        float total = 0;
        foreach (float logit in logits)
        {
            total += MathF.Exp(logit - max);
        }

        return MathF.Log(total) + max - logits[(int)target];
    }

    /// <inheritdoc/>
    static void IPixelLoss.Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient)
    {
        Softmax.Pixel(logits, gradient);
        gradient[(int)target] -= 1;
    }
}
