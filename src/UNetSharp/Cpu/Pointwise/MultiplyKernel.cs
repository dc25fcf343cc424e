using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Multiply"/>.</summary>
internal sealed class MultiplyKernel(Multiply multiply) : Kernel(multiply)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        Elementwise<Product>.Execute(context.Workers, context.Input(0), context.Input(1), context.Output);

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        for (int k = 0; k < 2; k++)
        {
            if (context.NeedsGradient(k))
            {
                View other = context.Input(1 - k);
                Elementwise<Product>.Execute(
                    context.Workers, dy, other, context.InputGradient(k), adds: context.Accumulates(k));
            }
        }
    }
}
