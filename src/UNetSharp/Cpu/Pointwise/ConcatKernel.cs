using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="Concat"/>. Inputs that the plan has computed in place already are not copied.</summary>
internal sealed unsafe class ConcatKernel(Concat concat) : Kernel(concat)
{
    private readonly int[] _firstChannels =
        [.. concat.Inputs.Select((_, k) => concat.Inputs.Take(k).Sum(input => input.Shape.C))];

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        for (int k = 0; k < Inputs.Count; k++)
        {
            View from = context.Input(k);
            View to = Slice(context.Output, k);
            if (from.Start != to.Start)
            {
                Elementwise<Copy>.Run(context.Workers, from, from, to);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        for (int k = 0; k < Inputs.Count; k++)
        {
            if (!context.NeedsGradient(k))
            {
                continue;
            }

            View from = Slice(context.OutputGradient, k);
            View to = context.InputGradient(k);
            if (from.Start != to.Start)
            {
                Elementwise<Copy>.Run(context.Workers, from, from, to, adds: context.Accumulates(k));
            }
        }
    }

    private View Slice(View wide, int index) =>
        new(wide.Start + _firstChannels[index], Inputs[index].Shape, wide.Stride);
}
