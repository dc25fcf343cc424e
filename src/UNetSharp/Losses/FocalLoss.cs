using UNetSharp.Cpu.Pointwise;
using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// Focal loss (Lin, Goyal, Girshick, He and Dollár 2017, https://arxiv.org/abs/1708.02002, equation 5), the mean over
/// all pixels. With p the probability of what is true, q = 1 − p and a weight a:
/// <code>
/// l = −a · q^γ · log p
/// one logit:        z = x and a = α for foreground, z = −x and a = 1 − α for background, p = sigmoid(z)
///                   dl/dz = a · q^γ · (γ · p · log p − q)
/// several classes:  p = softmax(x)[t], a = the weight of class t
///                   dl/dx[k] = a · q^γ · (γ · p · log p / q − 1) · ([k = t] − softmax(x)[k])
/// </code>
/// The paper divides by the number of anchors that lie on objects; masks have no anchors, so this is a mean over
/// pixels. With γ = 0 it is cross entropy, but for the division: class weights are no part of the count here.
/// </summary>
public static class FocalLoss
{
    /// <summary>The loss with α = 0.25 and γ = 2, which the paper found best, and without weights of classes.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, alpha: 0.25f);

    /// <summary>The loss of logits (N, K, H, W) against 0 or 1, or class indices, (N, 1, H, W).</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">Zeros and ones, or class indices, (N, 1, H, W).</param>
    /// <param name="alpha">Weight of the foreground, 0..1; for several classes there are class weights instead.</param>
    /// <param name="gamma">How much less the pixels count that are right already.</param>
    /// <param name="classWeights">For several classes K weights; null for 1.</param>
    /// <param name="ignored">Target value of pixels that do not count; null if all do.</param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H, W); null for 1.</param>
    public static Value Compute(
        Value logits,
        Value target,
        float alpha,
        float gamma = 2,
        IReadOnlyList<float>? classWeights = null,
        int? ignored = LossOptions.DefaultIgnoredClass,
        Value? pixelWeights = null)
    {
        Arguments.ThrowIfNotAtLeastZero(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alpha, 1);
        Arguments.ThrowIfNotAtLeastZero(gamma);
        Arguments.ThrowIfNotAtLeastZero(classWeights);
        return logits.Shape.C == 1
            ? new PixelMean<Binary>(
                logits, target, new Binary(alpha, gamma), new PixelWeights(ignored, Map: pixelWeights)).Output
            : new PixelMean<Classes>(
                logits, target, new Classes(gamma), new PixelWeights(ignored, classWeights, Map: pixelWeights)).Output;
    }

    private readonly struct Binary(float alpha, float gamma) : IPixelLoss
    {
        public float Evaluate(ReadOnlySpan<float> logits, float target)
        {
            float z = target > 0 ? logits[0] : -logits[0];
            return Weight(target) * MathF.Pow(Probability.Sigmoid(-z), gamma) * MinusLogSigmoid(z);
        }

        public void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient)
        {
            float sign = target > 0 ? 1 : -1;
            float z = sign * logits[0];
            (float p, float q) = (Probability.Sigmoid(z), Probability.Sigmoid(-z));
            gradient[0] = -sign * Weight(target) * MathF.Pow(q, gamma) * ((gamma * p * MinusLogSigmoid(z)) + q);
        }

        private static float MinusLogSigmoid(float z) => MathF.Max(-z, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(z)));

        private float Weight(float target) => target > 0 ? alpha : 1 - alpha;
    }

    private readonly struct Classes(float gamma) : IPixelLoss
    {
        // Below this q = 1 − p the series of −log(1 − q) / q is exact to float32's precision; the quotient is not,
        // because 1 + q has lost most digits of q.
        private const float SmallQ = 1e-3f;

        public float Evaluate(ReadOnlySpan<float> logits, float target)
        {
            Span<float> p = stackalloc float[logits.Length];
            SoftmaxForward.ComputePixel(logits, p);
            int t = Probability.ToClass(target, logits.Length);
            float q = Probability.SumOthers(p, t);
            return MathF.Pow(q, gamma) * Probability.MinusLogSoftmax(logits, t);
        }

        public void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient)
        {
            int t = Probability.ToClass(target, logits.Length);
            SoftmaxForward.ComputePixel(logits, gradient);
            (float p, float q) = (gradient[t], Probability.SumOthers(gradient, t));
            float ratio = q < SmallQ ? 1 + (q / 2) : Probability.MinusLogSoftmax(logits, t) / q;
            float factor = MathF.Pow(q, gamma) * ((gamma * p * ratio) + 1);
            gradient[t] = -q;
            for (int k = 0; k < gradient.Length; k++)
            {
                gradient[k] *= factor;
            }
        }
    }
}
