using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// Lovász hinge (Berman, Rannen Triki and Blaschko 2018, https://arxiv.org/abs/1705.08790): the
/// convex extension of the Jaccard loss 1 − IoU of the foreground. With a logit x and t in {0, 1}:
/// <code>
/// e    = max(0, 1 − x · (2 t − 1)), sorted so that e[1] ≥ e[2] ≥ …; equal ones in the order of the pixels
/// J[i] = 1 − (T − foreground among the first i) / (T + background among the first i)    T = all foreground, J[0] = 0
/// loss = Σ e[i] · (J[i] − J[i − 1])
/// dx[i] = −(2 t[i] − 1) · (J[i] − J[i − 1]) where e[i] > 0, else 0
/// </code>
/// An image without foreground has the loss of its worst pixel. The loss is the mean over images.
/// </summary>
public static class LovaszHinge
{
    /// <summary>The loss of logits (N, 1, H, W) against a target (N, 1, H, W) of zeros and ones, image by
    /// image.</summary>
    public static Value Compute(Value logits, Value target) => Compute(logits, target, overBatch: false);

    /// <summary>The same with a choice of what is sorted.</summary>
    /// <param name="logits">Logits, (N, 1, H, W).</param>
    /// <param name="target">Zeros and ones, (N, 1, H, W).</param>
    /// <param name="overBatch">Whether the pixels of all images are one set.</param>
    /// <param name="ignored">Target value of pixels that do not count; null if all do.</param>
    public static Value Compute(
        Value logits, Value target, bool overBatch, int? ignored =
            LossOptions.DefaultIgnoredClass) => logits.Shape.C == 1
        ? new LovaszExtension(logits, target, overBatch, ignored).Output
        : throw new ShapeException($"The Lovász hinge is for one channel, but logits of {logits.Shape} came.");
}
