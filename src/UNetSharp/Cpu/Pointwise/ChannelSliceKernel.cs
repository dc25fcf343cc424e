using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="ChannelSlice"/>.</summary>
internal sealed unsafe class ChannelSliceKernel(ChannelSlice slice) : Kernel(slice)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View from = Slice(context.Input(0));
        Elementwise<Copy>.Execute(context.Workers, from, from, context.Output);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        View dx = context.InputGradient(0);
        if (!context.Accumulates(0))
        {
            Elementwise<Zero>.Execute(context.Workers, dx, dx, dx);
        }

        Elementwise<Copy>.Execute(context.Workers, dy, dy, Slice(dx), adds: true);
    }

    private View Slice(View wide) => new(wide.Start + slice.First, Output.Shape, wide.Stride);
}
