using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Relu"/>.</summary>
internal sealed class ReluKernel(Relu relu) : Kernel(relu)
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        Elementwise<LeakyRelu>.Run(context.Workers, x, x, context.Output, relu.NegativeSlope);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Elementwise<LeakyReluGradient>.Run(
        context.Workers,
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        relu.NegativeSlope,
        context.Accumulates(0));
}
