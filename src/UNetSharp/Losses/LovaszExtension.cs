using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// What <see cref="LovaszHinge"/> (one channel) and <see cref="LovaszSoftmax"/> (several) have in common. A segment is
/// a class of one image, or of the batch.
/// </summary>
internal sealed class LovaszExtension : Operation, ICpuOperation
{
    internal LovaszExtension(Value logits, Value target, bool overBatch, int? ignored)
        : base(Shape.Scalar, [logits, target])
    {
        if (target.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException($"The Lovász loss of logits {logits.Shape} needs a target of shape "
                + $"{logits.Shape.WithChannels(1)}, but {target.Shape} came.");
        }

        (OverBatch, Ignored) = (overBatch, ignored);
    }

    /// <summary>Whether a segment is a class of the whole batch, not of each image.</summary>
    public bool OverBatch { get; }

    /// <summary>Target value of the pixels that do not count; null if all do.</summary>
    public int? Ignored { get; }

    /// <inheritdoc/>
    public Kernel CreateKernel() => new LovaszExtensionKernel(this);
}
