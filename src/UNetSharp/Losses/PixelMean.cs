using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>A loss of a single pixel.</summary>
internal interface IPixelLoss
{
    /// <summary>The loss of a pixel's logits against its target: 0 or 1, or the index of a class.</summary>
    float Evaluate(ReadOnlySpan<float> logits, float target);

    /// <summary>The derivatives of the loss by the logits.</summary>
    void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient);
}

/// <summary>What the pixels of a mean count for.</summary>
/// <param name="Ignored">Target value of the pixels that do not count at all; null if all do.</param>
/// <param name="ByClass">Weight a[k] of the pixels of each class, one for every channel of the logits; null for
/// 1.</param>
/// <param name="DividesByClassWeights">Whether the sum is divided by Σ a[t], not by the number of pixels.</param>
/// <param name="Map">Weight m of each pixel, (N, 1, H, W), a constant; null for 1.</param>
internal sealed record PixelWeights(
    int? Ignored, IReadOnlyList<float>? ByClass = null, bool DividesByClassWeights = false, Value? Map = null);

/// <summary>
/// Weighted mean of a pixel's loss l over the pixels that are not ignored:
/// <code>
/// loss = Σ m · a[t] · l / count        dx = dy · m · a[t] · dl/dx / count        count = Σ 1 or Σ a[t]
/// </code>
/// The map m is no part of the count, so that doubling it doubles the loss. Where nothing counts the loss is 0. Each
/// row of an image is summed by one thread and the rows are added in order, so the result is the same on any number of
/// threads.
/// </summary>
internal sealed class PixelMean<TLoss> : Operation, ICpuOperation
    where TLoss : unmanaged, IPixelLoss
{
    /// <summary>Of logits (N, C, H, W) against a target (N, 1, H, W).</summary>
    internal PixelMean(Value logits, Value target, TLoss loss, PixelWeights weights)
        : base(Shape.Scalar, weights.Map is null ? [logits, target] : [logits, target, weights.Map])
    {
        RequireShape(logits, target, "target");
        RequireShape(logits, weights.Map ?? target, "map of weights");
        if (weights.ByClass is { } byClass && byClass.Count != logits.Shape.C)
        {
            throw new ShapeException(
                $"Logits of {logits.Shape} need {logits.Shape.C} class weights, but {byClass.Count} came.");
        }

        (Loss, Weights) = (loss, weights);
    }

    /// <summary>The loss of a single pixel.</summary>
    public TLoss Loss { get; }

    /// <summary>What pixels count for.</summary>
    public PixelWeights Weights { get; }

    /// <inheritdoc/>
    public Kernel CreateKernel() => new PixelMeanKernel<TLoss>(this);

    private static void RequireShape(Value logits, Value value, string what)
    {
        if (value.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException(
                $"Logits of {logits.Shape} need a {what} of {logits.Shape.WithChannels(1)}, but {value.Shape} came.");
        }
    }
}
