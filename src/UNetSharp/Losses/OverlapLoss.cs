using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// How much of two sets is common, from O = Σ p · t, P = Σ p and T = Σ t:
/// (Shared · O + Smooth) / (SharedBelow · O + Predicted · P + True · T + Smooth), and 1 where that is 0 / 0.
/// </summary>
internal readonly record struct OverlapIndex(
    float Shared, float SharedBelow, float Predicted, float Target, float Smooth)
{
    /// <summary>The index, and 1 / (what is below the line).</summary>
    public (float Index, float PerTotal) Compute(double overlap, double predicted, double truth)
    {
        double total = (SharedBelow * overlap) + (Predicted * predicted) + (Target * truth) + Smooth;
        return total == 0 ? (1, 0) : ((float)(((Shared * overlap) + Smooth) / total), (float)(1 / total));
    }

    /// <summary>Derivative of the index by the probability p of a pixel with truth t.</summary>
    public float Gradient(float truth, float index, float perTotal) =>
        ((Shared * truth) - (index * ((SharedBelow * truth) + Predicted))) * perTotal;
}

/// <summary>
/// 1 − mean of an index of overlap over classes and images, or over classes of the whole batch. Each row of an image is
/// summed by one thread and the rows are added in order, so the result is the same on any number of threads.
/// </summary>
internal sealed class OverlapLoss : Operation, ICpuOperation
{
    internal OverlapLoss(Value logits, Value target, OverlapIndex index, bool overBatch, int? ignored)
        : base(Shape.Scalar, [logits, target])
    {
        if (target.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException($"The overlap of logits {logits.Shape} needs a target of shape "
                + $"{logits.Shape.WithChannels(1)}, but {target.Shape} came.");
        }

        (Index, OverBatch, Ignored) = (index, overBatch, ignored);
    }

    /// <summary>The index of overlap.</summary>
    public OverlapIndex Index { get; }

    /// <summary>Whether sets are of the whole batch, not of each image.</summary>
    public bool OverBatch { get; }

    /// <summary>Target value of the pixels that do not count; null if all do.</summary>
    public int? Ignored { get; }

    /// <inheritdoc/>
    public Kernel CreateKernel() => new OverlapLossKernel(this);
}
