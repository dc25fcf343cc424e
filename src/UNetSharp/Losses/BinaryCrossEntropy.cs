using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// Binary cross entropy of a logit x against t in {0, 1}, the mean over all pixels, in the form that cannot overflow:
/// <code>
/// loss = mean(max(x, 0) − x · t + log(1 + exp(−|x|)))        dx = (sigmoid(x) − t) / pixels
/// </code>
/// </summary>
public readonly struct BinaryCrossEntropy : IPixelLoss
{
    /// <summary>The loss of logits (N, 1, H, W) against a target (N, 1, H, W) of zeros and ones.</summary>
    public static Value Of(Value logits, Value target) => logits.Shape.C == 1
        ? new PixelMean<BinaryCrossEntropy>(logits, target).Output
        : throw new ShapeException($"Binary cross entropy is for one channel, but logits of {logits.Shape} came.");

    /// <inheritdoc/>
    static float IPixelLoss.Of(ReadOnlySpan<float> logits, float target)
    {
        float x = logits[0];
        return MathF.Max(x, 0) - (x * target) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
    }

    /// <inheritdoc/>
    static void IPixelLoss.Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient) =>
        gradient[0] = Probability.Sigmoid(logits[0]) - target;
}
