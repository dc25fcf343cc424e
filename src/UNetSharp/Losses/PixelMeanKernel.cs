using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>Kernel of <see cref="PixelMean{TLoss}"/>. A block is a row of an image.</summary>
internal sealed unsafe class PixelMeanKernel<TLoss>(PixelMean<TLoss> mean) : Kernel(mean)
    where TLoss : unmanaged, IPixelLoss
{
    private readonly float _ignored = mean.Weights.Ignored ?? float.NaN;
    private readonly Tensor? _classWeights = mean.Weights.ByClass is { } byClass
        ? new Tensor(Shape.Nchw(1, byClass.Count, 1, 1), [.. byClass])
        : null;

    private bool DividesByClassWeights => mean.Weights.DividesByClassWeights && _classWeights is not null;

    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    // The count.
    public override long SavedFloats => 1;

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    /// <inheritdoc/>
    // Each row: sum and count.
    public override long ForwardScratchFloats(int threads) => 2L * Rows * sizeof(double) / sizeof(float);

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        double* rowSums = (double*)context.ForwardScratch;
        context.Workers.Execute(Rows, new SumRow(CreateSource(context), mean.Loss, DividesByClassWeights, rowSums));
        double sum = 0, count = 0;
        for (int row = 0; row < Rows; row++)
        {
            sum += rowSums[2 * row];
            count += rowSums[(2 * row) + 1];
        }

        *context.Saved = (float)count;
        *context.Output.Start = count == 0 ? 0 : (float)(sum / count);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        float count = *context.Saved;
        float scale = count == 0 ? 0 : *context.OutputGradient.Start / count;
        View dx = context.InputGradient(0);
        context.Workers.Execute(
            Rows, new GradientRow(CreateSource(context), mean.Loss, dx, scale, context.Accumulates(0)));
    }

    private Source CreateSource(KernelContext context)
    {
        View map = Inputs.Count > 2 ? context.Input(2) : default;
        float* classWeights = _classWeights is null ? null : _classWeights.Start;
        return new Source(context.Input(0), context.Input(1), map, classWeights, _ignored);
    }

    /// <summary>The pixels of the batch with what they count for.</summary>
    private readonly struct Source(View x, View target, View map, float* classWeights, float ignored)
    {
        public View X => x;

        public float Target(long p) => *target.Pixel(p);

        public ReadOnlySpan<float> Logits(long p) => new(x.Pixel(p), x.Channels);

        // No value equals the NaN that stands for "none is ignored".
        public bool IsIgnored(float target) => target == ignored;

        public float ClassWeight(float target) =>
            classWeights == null ? 1 : classWeights[Probability.ToClass(target, x.Channels)];

        public float MapWeight(long p) => map.Start == null ? 1 : *map.Pixel(p);
    }

    private readonly struct SumRow(Source source, TLoss loss, bool dividesByClassWeights, double* rowSums) : IJob
    {
        public void Execute(int block, int worker)
        {
            double sum = 0, count = 0;
            int width = source.X.Shape.W;
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float target = source.Target(p);
                if (!source.IsIgnored(target))
                {
                    float classWeight = source.ClassWeight(target);
                    sum += classWeight * source.MapWeight(p) * loss.Evaluate(source.Logits(p), target);
                    count += dividesByClassWeights ? classWeight : 1;
                }
            }

            rowSums[2 * block] = sum;
            rowSums[(2 * block) + 1] = count;
        }
    }

    private readonly struct GradientRow(Source source, TLoss loss, View dx, float scale, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            Span<float> gradient = stackalloc float[dx.Channels];
            int width = source.X.Shape.W;
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float target = source.Target(p);
                float weight = 0;
                gradient.Clear();
                if (!source.IsIgnored(target))
                {
                    weight = scale * source.ClassWeight(target) * source.MapWeight(p);
                    loss.Gradient(source.Logits(p), target, gradient);
                }

                float* to = dx.Pixel(p);
                for (int c = 0; c < gradient.Length; c++)
                {
                    to[c] = (adds ? to[c] : 0) + (weight * gradient[c]);
                }
            }
        }
    }
}
