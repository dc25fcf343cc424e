using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// Tversky loss (Salehi, Erdogmus and Gholipour 2017, https://arxiv.org/abs/1706.05721): Dice in which
/// false positives weigh α and false negatives β. With probabilities p (sigmoid of a single logit, softmax of several)
/// and the truth t in {0, 1} (for classes: one-hot), summed over the pixels of one image and class, or of one class
/// over the batch:
/// <code>
/// index = (Σ p · t + s) / (Σ p · t + α Σ p · (1 − t) + β Σ (1 − p) · t + s)
/// loss  = 1 − mean of index over images and classes
/// d loss / dp = −(t − index · ((1 − α − β) t + α)) / (what is below the line) / (images · classes)
/// </code>
/// With α = β = ½ and half its smoothing it is <see cref="SoftDice"/>.
/// </summary>
public static class TverskyLoss
{
    /// <summary>The loss with α = 0.3 and β = 0.7, which the paper found best.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, alpha: 0.3f, beta: 0.7f);

    /// <summary>The loss of logits (N, K, H, W) against 0 or 1, or class indices, (N, 1, H, W).</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">Zeros and ones, or class indices, (N, 1, H, W).</param>
    /// <param name="alpha">Weight of what is predicted and not true.</param>
    /// <param name="beta">Weight of what is true and not predicted.</param>
    /// <param name="smooth">The smoothing s. With 0, a class that is nowhere and has no probability has index
    /// 1.</param>
    /// <param name="overBatch">Whether a class is summed over all images, so that images without it do not
    /// count.</param>
    /// <param name="ignored">Target value of pixels that are left out of all sums; null for none.</param>
    public static Value Compute(
        Value logits,
        Value target,
        float alpha,
        float beta,
        float smooth = 1,
        bool overBatch = false,
        int? ignored = LossOptions.DefaultIgnoredClass)
    {
        Arguments.ThrowIfNotAtLeastZero(alpha);
        Arguments.ThrowIfNotAtLeastZero(beta);
        Arguments.ThrowIfNotAtLeastZero(smooth);
        OverlapIndex index = new(Shared: 1, SharedBelow: 1 - alpha - beta, Predicted: alpha, Target: beta, smooth);
        return new OverlapLoss(logits, target, index, overBatch, ignored).Output;
    }
}
