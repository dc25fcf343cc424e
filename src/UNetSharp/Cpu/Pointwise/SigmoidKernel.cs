using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Sigmoid"/>.</summary>
internal sealed class SigmoidKernel(Sigmoid sigmoid) : Kernel(sigmoid)
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        Elementwise<Logistic>.Run(context.Workers, x, x, context.Output);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Elementwise<LogisticGradient>.Run(
        context.Workers,
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        adds: context.Accumulates(0));
}
