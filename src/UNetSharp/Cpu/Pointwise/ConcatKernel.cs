using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>
/// Kernel of <see cref="Concat"/>. Inputs that the plan has computed in place already are not copied.
/// </summary>
internal sealed unsafe class ConcatKernel(Concat concat) : Kernel(concat)
{
    private readonly int[] _firstChannels = FirstChannels(concat.Inputs);

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        for (int k = 0; k < Inputs.Count; k++)
        {
            View from = context.Input(k);
            View to = Slice(context.Output, k);
            if (from.Start != to.Start)
            {
                Elementwise<Copy>.Execute(context.Workers, from, from, to);
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
                Elementwise<Copy>.Execute(context.Workers, from, from, to, adds: context.Accumulates(k));
            }
        }
    }

    private static int[] FirstChannels(IReadOnlyList<Value> inputs)
    {
        int[] channels = new int[inputs.Count];
        for (int k = 1; k < channels.Length; k++)
        {
            channels[k] = channels[k - 1] + inputs[k - 1].Shape.C;
        }

        return channels;
    }

    private View Slice(View wide, int index) =>
        new(wide.Start + _firstChannels[index], Inputs[index].Shape, wide.Stride);
}
