using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// Soft Dice loss (Milletari, Navab and Ahmadi 2016, https://arxiv.org/abs/1606.04797, section 3, without the squares
/// below the line). With probabilities p (sigmoid of a single logit, softmax of several) and the truth t in {0, 1}
/// (for classes: one-hot), summed over the pixels of one image and class, or of one class over the batch:
/// <code>
/// dice = (2 Σ p · t + s) / (Σ p + Σ t + s)        loss = 1 − mean of dice over images and classes
/// d loss / dp = −(2 t − dice) / (Σ p + Σ t + s) / (images · classes)
/// </code>
/// The smoothing s = 1 makes an empty mask that is predicted as empty cost nothing instead of 0 / 0.
/// </summary>
public static class SoftDice
{
    /// <summary>The loss of logits (N, K, H, W) against 0 or 1, or class indices, (N, 1, H, W).</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, smooth: 1);

    /// <summary>The same with a choice of what is summed.</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">Zeros and ones, or class indices, (N, 1, H, W).</param>
    /// <param name="smooth">The smoothing s. With 0, a class that is nowhere and has no probability has Dice 1.</param>
    /// <param name="overBatch">Whether a class is summed over all images, so that images without it do not
    /// count.</param>
    /// <param name="ignored">Target value of pixels that are left out of all sums; null for none.</param>
    public static Value Compute(
        Value logits,
        Value target,
        float smooth,
        bool overBatch = false,
        int? ignored = LossOptions.DefaultIgnoredClass)
    {
        Arguments.ThrowIfNotAtLeastZero(smooth);
        OverlapIndex dice = new(Shared: 2, SharedBelow: 0, Predicted: 1, Target: 1, smooth);
        return new OverlapLoss(logits, target, dice, overBatch, ignored).Output;
    }
}
