using UNetSharp.Execution;

namespace UNetSharp.Losses;

/// <summary>Kernel of <see cref="WeightedSum"/>.</summary>
internal sealed unsafe class WeightedSumKernel(WeightedSum sum) : Kernel(sum)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        float total = 0;
        for (int i = 0; i < Inputs.Count; i++)
        {
            total += sum.Weights[i] * *context.Input(i).Start;
        }

        *context.Output.Start = total;
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        float dy = *context.OutputGradient.Start;
        for (int i = 0; i < Inputs.Count; i++)
        {
            if (context.NeedsGradient(i))
            {
                float* dx = context.InputGradient(i).Start;
                *dx = (context.Accumulates(i) ? *dx : 0) + (sum.Weights[i] * dy);
            }
        }
    }
}
