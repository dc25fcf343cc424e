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
    private readonly int _top;
    private readonly int _left;

    internal Padding(Value x, int left, int right, int top, int bottom)
        : base(x.Shape with { H = top + x.Shape.H + bottom, W = left + x.Shape.W + right }, [x])
    {
        if (Output.Shape is { H: < 1 } or { W: < 1 })
        {
            throw new ShapeException(
                $"Padding {x.Shape} by left {left}, right {right}, top {top}, bottom {bottom} leaves nothing.");
        }

        (_top, _left) = (top, left);
    }

    internal override void Forward(Run run) =>
        Translation.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), _top, _left, adds: false);

    internal override void Backward(Run run) => Translation.Run(
        run.Workers, run.Gradient(Output), run.Gradient(Inputs[0]), -_top, -_left, run.Adds(this, 0));
}
