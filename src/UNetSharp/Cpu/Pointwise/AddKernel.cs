using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Add"/>.</summary>
internal sealed class AddKernel(Add add) : Kernel(add)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        Elementwise<Sum>.Execute(context.Workers, context.Input(0), context.Input(1), context.Output);

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        for (int k = 0; k < Inputs.Count; k++)
        {
            if (context.NeedsGradient(k))
            {
                Elementwise<Copy>.Execute(
                    context.Workers, dy, dy, context.InputGradient(k), adds: context.Accumulates(k));
            }
        }
    }
}
