using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Gate"/>.</summary>
internal sealed class GateKernel(Gate gate) : Kernel(gate)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        PixelScale.Execute(context.Workers, context.Input(0), context.Input(1), context.Output, adds: false);

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        if (context.NeedsGradient(0))
        {
            PixelScale.Execute(context.Workers, dy, context.Input(1), context.InputGradient(0), context.Accumulates(0));
        }

        if (context.NeedsGradient(1))
        {
            PixelDot.Execute(context.Workers, dy, context.Input(0), context.InputGradient(1), context.Accumulates(1));
        }
    }
}
