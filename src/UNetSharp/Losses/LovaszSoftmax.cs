using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// Lovász-softmax (Berman, Rannen Triki and Blaschko 2018, https://arxiv.org/abs/1705.08790): the convex
/// extension of the mean Jaccard loss 1 − IoU of the classes. For each class k with p = softmax(x)[k] and t = [k is
/// true]:
/// <code>
/// e    = |t − p|, sorted so that e[1] ≥ e[2] ≥ …; equal ones in the order of the pixels
/// J[i] = 1 − (T − pixels of k among the first i) / (T + others among the first i)        T = all pixels of k, J[0] = 0
/// loss = mean over classes of Σ e[i] · (J[i] − J[i − 1])        dp[i] = (1 − 2 t[i]) · (J[i] − J[i − 1]) / classes
/// </code>
/// Only classes that are there count. The loss is the mean over images; an image of which all is ignored has 0.
/// </summary>
public static class LovaszSoftmax
{
    /// <summary>The loss of logits (N, K, H, W) against class indices (N, 1, H, W), image by image.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, overBatch: false);

    /// <summary>The same with a choice of what is sorted.</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">Class indices, (N, 1, H, W).</param>
    /// <param name="overBatch">Whether the pixels of all images are one set.</param>
    /// <param name="ignored">Target value of pixels that do not count; null if all do.</param>
    public static Value Compute(
        Value logits, Value target, bool overBatch, int? ignored =
            LossOptions.DefaultIgnoredClass) => logits.Shape.C > 1
        ? new LovaszExtension(logits, target, overBatch, ignored).Output
        : throw new ShapeException($"Lovász-softmax is for two or more channels, but logits of {logits.Shape} came.");
}
