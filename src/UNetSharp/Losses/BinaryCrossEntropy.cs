using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// Binary cross entropy of a logit x against t in {0, 1}, the mean over all pixels, with a weight q of the foreground,
/// in the form that cannot overflow (PyTorch's binary_cross_entropy_with_logits):
/// <code>
/// loss = mean(max(x, 0) − x · t + s(|x|) + (q − 1) · t · (max(−x, 0) + s(|x|)))        s(z) = log(1 + exp(−z))
/// dx   = ((1 + (q − 1) · t) · sigmoid(x) − q · t) / pixels
/// </code>
/// With a map w of weights the loss is Σ w · l / pixels, the form of Ronneberger, Fischer and Brox 2015
/// (https://arxiv.org/abs/1505.04597, equation 1). Pixels whose target is the ignored value count nowhere.
/// </summary>
public static class BinaryCrossEntropy
{
    /// <summary>The loss of logits (N, 1, H, W) against a target (N, 1, H, W) of zeros and ones; 255 is
    /// ignored.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, positiveWeight: 1);

    /// <summary>The same with weights.</summary>
    /// <param name="logits">Logits, (N, 1, H, W).</param>
    /// <param name="target">Zeros and ones, (N, 1, H, W).</param>
    /// <param name="positiveWeight">Weight q of the foreground's pixels; the mean is over pixels all the same.</param>
    /// <param name="ignored">Target value of pixels that do not count; null if all do.</param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H, W); null for 1.</param>
    public static Value Compute(
        Value logits,
        Value target,
        float positiveWeight,
        int? ignored = LossOptions.DefaultIgnoredClass,
        Value? pixelWeights = null)
    {
        if (logits.Shape.C != 1)
        {
            throw new ShapeException($"Binary cross entropy is for one channel, but logits of {logits.Shape} came.");
        }

        Arguments.ThrowIfNotAtLeastZero(positiveWeight);
        return new PixelMean<Pixel>(
            logits, target, new Pixel(positiveWeight), new PixelWeights(ignored, Map: pixelWeights)).Output;
    }

    private readonly struct Pixel(float positiveWeight) : IPixelLoss
    {
        public float Evaluate(ReadOnlySpan<float> logits, float target)
        {
            float x = logits[0];
            float tail = MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
            return MathF.Max(x, 0) - (x * target) + tail + ((positiveWeight - 1) * target * (MathF.Max(-x, 0) + tail));
        }

        public void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient) =>
            gradient[0] = ((1 + ((positiveWeight - 1) * target)) * Probability.Sigmoid(logits[0]))
                - (positiveWeight * target);
    }
}
