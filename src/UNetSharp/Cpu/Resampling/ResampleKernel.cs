using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="Resample"/>. A block is a row of what is written.</summary>
internal sealed unsafe class ResampleKernel(Resample operation) : Kernel(operation)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View y = context.Output;
        context.Workers.Execute(
            y.Shape.N * y.Shape.H,
            new WeightedRow(
                context.Input(0), y, new Taps(operation.Rows.Taps), new Taps(operation.Columns.Taps), false));
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dx = context.InputGradient(0);
        context.Workers.Execute(
            dx.Shape.N * dx.Shape.H,
            new WeightedRow(
                context.OutputGradient,
                dx,
                new Taps(operation.Rows.Readers),
                new Taps(operation.Columns.Readers),
                context.Accumulates(0)));
    }

    private readonly struct Taps(TapList list)
    {
        private readonly int* _starts = list.Starts;
        private readonly int* _pixels = list.Pixels;
        private readonly float* _weights = list.Weights;

        public int Start(int pixel) => _starts[pixel];

        public int Pixel(int i) => _pixels[i];

        public float Weight(int i) => _weights[i];
    }

    private readonly struct WeightedRow(View x, View y, Taps rows, Taps columns, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int n, int h) = Math.DivRem(block, y.Shape.H);
            for (int w = 0; w < y.Shape.W; w++)
            {
                var to = new Span<float>(y.At(n, h, w), y.Channels);
                if (!adds)
                {
                    to.Clear();
                }

                for (int i = rows.Start(h); i < rows.Start(h + 1); i++)
                {
                    for (int j = columns.Start(w); j < columns.Start(w + 1); j++)
                    {
                        float weight = rows.Weight(i) * columns.Weight(j);
                        float* from = x.At(n, rows.Pixel(i), columns.Pixel(j));
                        for (int c = 0; c < to.Length; c++)
                        {
                            to[c] += weight * from[c];
                        }
                    }
                }
            }
        }
    }
}
