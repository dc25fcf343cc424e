using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>A loss of a single pixel.</summary>
internal interface IPixelLoss
{
    /// <summary>The loss of a pixel's logits against its target: 0 or 1, or the index of a class.</summary>
    static abstract float Of(ReadOnlySpan<float> logits, float target);

    /// <summary>The derivatives of the loss by the logits.</summary>
    static abstract void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient);
}

/// <summary>
/// Mean of a pixel's loss over all pixels. Each row of an image is summed by one thread and the rows are added in
/// order, so the result is the same on any number of threads.
/// </summary>
internal sealed unsafe class PixelMean<TLoss> : Operation
    where TLoss : struct, IPixelLoss
{
    /// <summary>Of logits (N, C, H, W) against a target (N, 1, H, W).</summary>
    internal PixelMean(Value logits, Value target)
        : base(Shape.Scalar, [logits, target])
    {
        if (target.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException(
                $"Logits of {logits.Shape} need a target of {logits.Shape.WithChannels(1)}, but {target.Shape} came.");
        }
    }

    internal override bool BackwardReadsInputs => true;

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    private long Pixels => Inputs[0].Shape.Pixels;

    internal override long ForwardScratch(int workers) => (long)Rows * sizeof(double) / sizeof(float);

    internal override void Forward(Run run)
    {
        double* rowSums = (double*)run.ForwardScratch(this);
        run.Workers.Run(Rows, new SumRow(run.Data(Inputs[0]), run.Data(Inputs[1]), rowSums));
        double sum = 0;
        for (int row = 0; row < Rows; row++)
        {
            sum += rowSums[row];
        }

        *run.Data(Output).Pointer = (float)(sum / Pixels);
    }

    internal override void Backward(Run run)
    {
        float scale = *run.Gradient(Output).Pointer / Pixels;
        (View x, View target) = (run.Data(Inputs[0]), run.Data(Inputs[1]));
        run.Workers.Run(Rows, new GradientRow(x, target, run.Gradient(Inputs[0]), scale, run.Adds(this, 0)));
    }

    private readonly struct SumRow(View x, View target, double* rowSums) : IJob
    {
        public void Run(int block, int worker)
        {
            double sum = 0;
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                sum += TLoss.Of(new ReadOnlySpan<float>(x.Pixel(p), x.Channels), *target.Pixel(p));
            }

            rowSums[block] = sum;
        }
    }

    private readonly struct GradientRow(View x, View target, View dx, float scale, bool adds) : IJob
    {
        public void Run(int block, int worker)
        {
            Span<float> gradient = stackalloc float[x.Channels];
            for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
            {
                TLoss.Gradient(new ReadOnlySpan<float>(x.Pixel(p), x.Channels), *target.Pixel(p), gradient);
                float* to = dx.Pixel(p);
                for (int c = 0; c < gradient.Length; c++)
                {
                    to[c] = (adds ? to[c] : 0) + (scale * gradient[c]);
                }
            }
        }
    }
}
