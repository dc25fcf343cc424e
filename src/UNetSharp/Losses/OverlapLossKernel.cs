using UNetSharp.Cpu;
using UNetSharp.Execution;

namespace UNetSharp.Losses;

/// <summary>Kernel of <see cref="OverlapLoss"/>. A block is a row of an image.</summary>
internal sealed unsafe class OverlapLossKernel(OverlapLoss loss) : Kernel(loss)
{
    private const int SumsPerClass = 3;

    private readonly OverlapIndex _index = loss.Index;
    private readonly int _groups = loss.OverBatch ? 1 : loss.Inputs[0].Shape.N;
    private readonly float _ignored = loss.Ignored ?? float.NaN;

    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    // For every group and class: the index, and 1 / (what is below its line).
    public override long SavedFloats => 2 * Terms;

    private int Classes => Inputs[0].Shape.C;

    private int Terms => _groups * Classes;

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    private int RowsPerGroup => Rows / _groups;

    /// <inheritdoc/>
    // Each row: Σ p · t, Σ p and Σ t for every class.
    public override long ForwardScratchFloats(int threads) =>
        (long)SumsPerClass * Classes * Rows * sizeof(double) / sizeof(float);

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        double* rowSums = (double*)context.ForwardScratch;
        context.Workers.Execute(Rows, new SumRow(x, context.Input(1), _ignored, rowSums));
        float* indices = context.Saved;
        float* perTotal = indices + Terms;
        double mean = 0;
        for (int term = 0; term < Terms; term++)
        {
            (int group, int k) = Math.DivRem(term, Classes);
            double overlap = 0, predicted = 0, truth = 0;
            for (int row = group * RowsPerGroup; row < (group + 1) * RowsPerGroup; row++)
            {
                double* sums = rowSums + ((((long)row * Classes) + k) * SumsPerClass);
                overlap += sums[0];
                predicted += sums[1];
                truth += sums[2];
            }

            (indices[term], perTotal[term]) = _index.Compute(overlap, predicted, truth);
            mean += indices[term];
        }

        *context.Output.Start = (float)(1 - (mean / Terms));
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View x = context.Input(0);
        float scale = *context.OutputGradient.Start / Terms;
        float* indices = context.Saved;
        Indices saved = new(_index, indices, indices + Terms, RowsPerGroup, scale);
        context.Workers.Execute(
            Rows,
            new GradientRow(x, context.Input(1), context.InputGradient(0), saved, _ignored, context.Accumulates(0)));
    }

    private readonly struct SumRow(View x, View target, float ignored, double* rowSums) : IJob
    {
        public void Execute(int block, int worker)
        {
            int classes = x.Channels;
            Span<double> sums = new(rowSums + ((long)block * classes * SumsPerClass), classes * SumsPerClass);
            sums.Clear();
            Span<float> p = stackalloc float[classes];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                float pixelTarget = *target.Pixel(i);
                if (pixelTarget == ignored)
                {
                    continue;
                }

                if (classes > 1)
                {
                    Probability.ToClass(pixelTarget, classes);
                }

                Probability.FromLogits(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                for (int k = 0; k < classes; k++)
                {
                    float t = Probability.GetTarget(pixelTarget, k, classes);
                    Span<double> ofClass = sums.Slice(k * SumsPerClass, SumsPerClass);
                    ofClass[0] += p[k] * t;
                    ofClass[1] += p[k];
                    ofClass[2] += t;
                }
            }
        }
    }

    /// <summary>What forward has kept.</summary>
    private readonly struct Indices(OverlapIndex index, float* values, float* perTotal, int rowsPerGroup, float scale)
    {
        /// <summary>Derivative of the loss by the probability of class k of a pixel of a row.</summary>
        public float Gradient(int row, int k, int classes, float truth)
        {
            int term = (row / rowsPerGroup * classes) + k;
            return -scale * index.Gradient(truth, values[term], perTotal[term]);
        }
    }

    private readonly struct GradientRow(View x, View target, View dx, Indices saved, float ignored, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            int classes = x.Channels;
            Span<float> p = stackalloc float[classes];
            Span<float> gradient = stackalloc float[classes];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                float pixelTarget = *target.Pixel(i);
                gradient.Clear();
                if (pixelTarget != ignored)
                {
                    Probability.FromLogits(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                    for (int k = 0; k < classes; k++)
                    {
                        float t = Probability.GetTarget(pixelTarget, k, classes);
                        gradient[k] = saved.Gradient(block, k, classes, t);
                    }

                    Probability.Backward(p, gradient);
                }

                float* to = dx.Pixel(i);
                for (int k = 0; k < classes; k++)
                {
                    to[k] = adds ? to[k] + gradient[k] : gradient[k];
                }
            }
        }
    }
}
