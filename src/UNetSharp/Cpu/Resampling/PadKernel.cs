using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="Pad"/>.</summary>
internal sealed class PadKernel(Pad pad) : Kernel(pad)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        Translation.Execute(context.Workers, context.Input(0), context.Output, pad.Top, pad.Left, adds: false);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Translation.Execute(
        context.Workers,
        context.OutputGradient,
        context.InputGradient(0),
        -pad.Top,
        -pad.Left,
        context.Accumulates(0));
}
