using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Clamp"/>.</summary>
internal sealed class ClampKernel(Clamp clamp) : Kernel(clamp)
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        Elementwise<Bound>.Run(context.Workers, x, x, context.Output, clamp.Max);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Elementwise<BoundGradient>.Run(
        context.Workers,
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        clamp.Max,
        context.Accumulates(0));
}
