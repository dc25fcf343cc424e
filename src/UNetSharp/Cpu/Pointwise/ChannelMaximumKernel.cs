using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="ChannelMaximum"/>. A block is a row.</summary>
internal sealed unsafe class ChannelMaximumKernel(ChannelMaximum operation) : Kernel(operation)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        context.Workers.Execute(
            x.Shape.N * x.Shape.H, new ForwardRow(x, context.Output, operation.GivesIndex, operation.TakesLast));
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View x = context.Input(0);
        context.Workers.Execute(
            x.Shape.N * x.Shape.H,
            new BackwardRow(
                x,
                context.OutputGradient,
                context.InputGradient(0),
                operation.GivesIndex,
                context.Accumulates(0)));
    }

    private static int FindGreatest(float* values, int count, bool takesLast)
    {
        int greatest = 0;
        for (int k = 1; k < count; k++)
        {
            greatest = values[k] > values[greatest] || (takesLast && values[k] == values[greatest]) ? k : greatest;
        }

        return greatest;
    }

    private readonly struct ForwardRow(View x, View y, bool givesIndex, bool takesLast) : IJob
    {
        public void Execute(int block, int worker)
        {
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                int greatest = FindGreatest(x.Pixel(p), x.Channels, takesLast);
                *y.Pixel(p) = givesIndex ? greatest : x.Pixel(p)[greatest];
            }
        }
    }

    private readonly struct BackwardRow(View x, View dy, View dx, bool givesIndex, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                float* to = dx.Pixel(p);
                int greatest = givesIndex ? -1 : FindGreatest(x.Pixel(p), x.Channels, takesLast: false);
                for (int k = 0; k < x.Channels; k++)
                {
                    float value = k == greatest ? *dy.Pixel(p) : 0;
                    to[k] = adds ? to[k] + value : value;
                }
            }
        }
    }
}
