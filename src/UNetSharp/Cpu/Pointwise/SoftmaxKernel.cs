using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Softmax"/>.</summary>
internal sealed class SoftmaxKernel(Softmax softmax) : Kernel(softmax)
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        SoftmaxForward.Execute(context.Workers, context.Input(0), context.Output);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => SoftmaxBackward.Execute(
        context.Workers,
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        context.Accumulates(0));
}
