using UNetSharp.Execution;
using UNetSharp.Kernels.Resampling;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Zeros around the image, as PyTorch's pad: (N, C, H, W) → (N, C, top + H + bottom, left + W + right). Negative numbers
/// crop. Backward: the inner part of dy.
/// </summary>
public sealed class Padding : Operation
{
    internal Padding(Value x, int left, int right, int top, int bottom)
        : base(x.Shape with { H = top + x.Shape.H + bottom, W = left + x.Shape.W + right }, [x])
    {
        if (Output.Shape is { H: < 1 } or { W: < 1 })
        {
            throw new ShapeException(
                $"Padding {x.Shape} by left {left}, right {right}, top {top}, bottom {bottom} leaves nothing.");
        }

        (Top, Left) = (top, left);
    }

    /// <summary>Rows of zeros above the image; cropped rows where negative.</summary>
    internal int Top { get; }

    /// <summary>Columns of zeros at the left of the image; cropped columns where negative.</summary>
    internal int Left { get; }

    internal override void Forward(Run run) =>
        Translation.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), Top, Left, adds: false);

    internal override void Backward(Run run) => Translation.Run(
        run.Workers, run.Gradient(Output), run.Gradient(Inputs[0]), -Top, -Left, run.Adds(this, 0));
}
