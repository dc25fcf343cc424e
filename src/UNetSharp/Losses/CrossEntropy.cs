using UNetSharp.Cpu.Pointwise;
using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// Cross entropy of logits x over K classes against the index t of the true class, the mean over all pixels:
/// <code>
/// l    = log Σ exp(x[k] − max) + max − x[t]        loss = Σ a[t] · l / Σ a[t]
/// dx[k] = a[t] · (softmax(x)[k] − [k = t]) / Σ a[t]
/// </code>
/// The weights a of the classes are 1 unless given, as PyTorch's cross_entropy has them. With a map w of weights the
/// loss is Σ w · a[t] · l / Σ a[t], which without class weights is Σ w · l / pixels, the form of Ronneberger, Fischer
/// and Brox 2015 (https://arxiv.org/abs/1505.04597, equation 1). Pixels whose target is the ignored value count
/// nowhere.
/// </summary>
public static class CrossEntropy
{
    /// <summary>The loss of logits (N, K, H, W) against class indices (N, 1, H, W); 255 is ignored.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, classWeights: null);

    /// <summary>The same with weights.</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">Class indices, (N, 1, H, W).</param>
    /// <param name="classWeights">K weights; null for 1.</param>
    /// <param name="ignored">Target value of pixels that do not count; null if all do.</param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H, W); null for 1.</param>
    public static Value Compute(
        Value logits,
        Value target,
        IReadOnlyList<float>? classWeights,
        int? ignored = LossOptions.DefaultIgnoredClass,
        Value? pixelWeights = null)
    {
        Arguments.ThrowIfNotAtLeastZero(classWeights);
        PixelWeights weights = new(ignored, classWeights, DividesByClassWeights: true, pixelWeights);
        return new PixelMean<Pixel>(logits, target, default, weights).Output;
    }

    private readonly struct Pixel : IPixelLoss
    {
        public float Evaluate(ReadOnlySpan<float> logits, float target) =>
            Probability.MinusLogSoftmax(logits, Probability.ToClass(target, logits.Length));

        public void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient)
        {
            SoftmaxForward.ComputePixel(logits, gradient);
            gradient[Probability.ToClass(target, logits.Length)] -= 1;
        }
    }
}
