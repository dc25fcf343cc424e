using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of an operation that computes each value from one value.</summary>
/// <typeparam name="TForward">y of x and the constant.</typeparam>
/// <typeparam name="TBackward">dx of y, dy and the constant.</typeparam>
/// <param name="operation">The operation.</param>
/// <param name="constant">A number that both read: a slope, a bound.</param>
internal sealed class ElementwiseKernel<TForward, TBackward>(
    Operation operation, float constant = 0) : Kernel(operation)
    where TForward : struct, IElementwise
    where TBackward : struct, IElementwise
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        Elementwise<TForward>.Execute(context.Workers, x, x, context.Output, constant);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Elementwise<TBackward>.Execute(
        context.Workers,
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        constant,
        context.Accumulates(0));
}
