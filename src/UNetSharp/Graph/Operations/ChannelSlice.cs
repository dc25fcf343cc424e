using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Some channels that follow each other: (N, C, H, W) → (N, count, H, W). Backward: dy for these channels, zero for the
/// others.
/// </summary>
public sealed unsafe class ChannelSlice : Operation
{
    private readonly int _first;

    internal ChannelSlice(Value x, int first, int count)
        : base(x.Shape.WithChannels(count), [x])
    {
        if (first < 0 || count < 1 || first + count > x.Shape.C)
        {
            throw new ShapeException($"There are no channels {first} to {first + count - 1} in {x.Shape}.");
        }

        _first = first;
    }

    internal override void Forward(Run run)
    {
        View from = Slice(run.Data(Inputs[0]));
        Elementwise<Copy>.Run(run.Workers, from, from, run.Data(Output));
    }

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        View dx = run.Gradient(Inputs[0]);
        if (!run.Adds(this, 0))
        {
            Elementwise<Zero>.Run(run.Workers, dx, dx, dx);
        }

        Elementwise<Copy>.Run(run.Workers, dy, dy, Slice(dx), adds: true);
    }

    private View Slice(View wide) => new(wide.Pointer + _first, Output.Shape, wide.Stride);
}
