using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// How much of two sets is common, from O = Σ p · t, P = Σ p and T = Σ t:
/// (Shared · O + Smooth) / (SharedBelow · O + Predicted · P + True · T + Smooth), and 1 where that is 0 / 0.
/// </summary>
internal readonly record struct OverlapIndex(float Shared, float SharedBelow, float Predicted, float True, float Smooth)
{
    /// <summary>The index, and 1 / (what is below the line).</summary>
    public (float Index, float PerTotal) Of(double overlap, double predicted, double truth)
    {
        double total = (SharedBelow * overlap) + (Predicted * predicted) + (True * truth) + Smooth;
        return total == 0 ? (1, 0) : ((float)(((Shared * overlap) + Smooth) / total), (float)(1 / total));
    }

    /// <summary>Derivative of the index by the probability p of a pixel with truth t.</summary>
    public float Gradient(float truth, float index, float perTotal) =>
        ((Shared * truth) - (index * ((SharedBelow * truth) + Predicted))) * perTotal;
}

/// <summary>
/// 1 − mean of an index of overlap over classes and images, or over classes of the whole batch. Each row of an image is
/// summed by one thread and the rows are added in order, so the result is the same on any number of threads.
/// </summary>
internal sealed unsafe class OverlapLoss : Operation
{
    private const int SumsPerClass = 3;

    private readonly OverlapIndex _index;
    private readonly int _groups;
    private readonly float _ignored;

    internal OverlapLoss(Value logits, Value target, OverlapIndex index, bool overBatch, int? ignored)
        : base(Shape.Scalar, [logits, target])
    {
        if (target.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException($"The overlap of logits {logits.Shape} needs a target of shape "
                + $"{logits.Shape.WithChannels(1)}, but {target.Shape} came.");
        }

        _index = index;
        _groups = overBatch ? 1 : logits.Shape.N;
        _ignored = ignored ?? float.NaN;
    }

    internal override bool BackwardReadsInputs => true;

    // For every group and class: the index, and 1 / (what is below its line).
    internal override long SavedFloats => 2 * Terms;

    private int Classes => Inputs[0].Shape.C;

    private int Terms => _groups * Classes;

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    private int RowsPerGroup => Rows / _groups;

    // Each row: Σ p · t, Σ p and Σ t for every class.
    internal override long ForwardScratch(int workers) =>
        (long)SumsPerClass * Classes * Rows * sizeof(double) / sizeof(float);

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        double* rowSums = (double*)run.ForwardScratch(this);
        run.Workers.Run(Rows, new SumRow(x, run.Data(Inputs[1]), _ignored, rowSums));
        float* indices = run.Saved(this);
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

            (indices[term], perTotal[term]) = _index.Of(overlap, predicted, truth);
            mean += indices[term];
        }

        *run.Data(Output).Pointer = (float)(1 - (mean / Terms));
    }

    internal override void Backward(Run run)
    {
        View x = run.Data(Inputs[0]);
        float scale = *run.Gradient(Output).Pointer / Terms;
        float* indices = run.Saved(this);
        Indices saved = new(_index, indices, indices + Terms, RowsPerGroup, scale);
        run.Workers.Run(
            Rows,
            new GradientRow(x, run.Data(Inputs[1]), run.Gradient(Inputs[0]), saved, _ignored, run.Adds(this, 0)));
    }

    private readonly struct SumRow(View x, View target, float ignored, double* rowSums) : IJob
    {
        public void Run(int block, int worker)
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

                Probability.Of(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                for (int k = 0; k < classes; k++)
                {
                    float t = Probability.Truth(pixelTarget, k, classes);
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
        public void Run(int block, int worker)
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
                    Probability.Of(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                    for (int k = 0; k < classes; k++)
                    {
                        float t = Probability.Truth(pixelTarget, k, classes);
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
