using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of <see cref="WithBackground"/>. A block is a row.</summary>
internal sealed unsafe class WithBackgroundKernel(WithBackground operation) : Kernel(operation)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        context.Workers.Execute(x.Shape.N * x.Shape.H, new ForwardRow(x, context.Output));
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View x = context.Input(0);
        context.Workers.Execute(
            x.Shape.N * x.Shape.H,
            new BackwardRow(x, context.OutputGradient, context.InputGradient(0), context.Accumulates(0)));
    }

    private static int FindGreatest(float* values, int count)
    {
        int greatest = 0;
        for (int k = 1; k < count; k++)
        {
            greatest = values[k] > values[greatest] ? k : greatest;
        }

        return greatest;
    }

    private readonly struct ForwardRow(View x, View y) : IJob
    {
        public void Execute(int block, int worker)
        {
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                float* xp = x.Pixel(p), yp = y.Pixel(p);
                yp[0] = 1 - xp[FindGreatest(xp, x.Channels)];
                for (int k = 0; k < x.Channels; k++)
                {
                    yp[k + 1] = xp[k];
                }
            }
        }
    }

    private readonly struct BackwardRow(View x, View dy, View dx, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                float* xp = x.Pixel(p), dyp = dy.Pixel(p), dxp = dx.Pixel(p);
                int greatest = FindGreatest(xp, x.Channels);
                for (int k = 0; k < x.Channels; k++)
                {
                    float value = dyp[k + 1] - (k == greatest ? dyp[0] : 0);
                    dxp[k] = adds ? dxp[k] + value : value;
                }
            }
        }
    }
}
