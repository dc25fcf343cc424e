using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>A loss of a single pixel.</summary>
internal interface IPixelLoss
{
    /// <summary>The loss of a pixel's logits against its target: 0 or 1, or the index of a class.</summary>
    float Of(ReadOnlySpan<float> logits, float target);

    /// <summary>The derivatives of the loss by the logits.</summary>
    void Gradient(ReadOnlySpan<float> logits, float target, Span<float> gradient);
}

/// <summary>What the pixels of a mean count for.</summary>
/// <param name="Ignored">Target value of the pixels that do not count at all; null if all do.</param>
/// <param name="ByClass">Weight a[k] of the pixels of each class, one for every channel of the logits; null for
/// 1.</param>
/// <param name="DividesByClassWeights">Whether the sum is divided by Σ a[t], not by the number of pixels.</param>
/// <param name="Map">Weight m of each pixel, (N, 1, H, W), a constant; null for 1.</param>
internal sealed record PixelWeights(
    int? Ignored, IReadOnlyList<float>? ByClass = null, bool DividesByClassWeights = false, Value? Map = null);

/// <summary>
/// Weighted mean of a pixel's loss l over the pixels that are not ignored:
/// <code>
/// loss = Σ m · a[t] · l / count        dx = dy · m · a[t] · dl/dx / count        count = Σ 1 or Σ a[t]
/// </code>
/// The map m is no part of the count, so that doubling it doubles the loss. Where nothing counts the loss is 0. Each
/// row of an image is summed by one thread and the rows are added in order, so the result is the same on any number of
/// threads.
/// </summary>
internal sealed unsafe class PixelMean<TLoss> : Operation
    where TLoss : unmanaged, IPixelLoss
{
    private readonly TLoss _loss;
    private readonly float _ignored;
    private readonly Tensor? _classWeights;
    private readonly bool _dividesByClassWeights;

    /// <summary>Of logits (N, C, H, W) against a target (N, 1, H, W).</summary>
    internal PixelMean(Value logits, Value target, TLoss loss, PixelWeights weights)
        : base(Shape.Scalar, weights.Map is null ? [logits, target] : [logits, target, weights.Map])
    {
        RequireShape(logits, target, "target");
        RequireShape(logits, weights.Map ?? target, "map of weights");
        if (weights.ByClass is { } byClass && byClass.Count != logits.Shape.C)
        {
            throw new ShapeException(
                $"Logits of {logits.Shape} need {logits.Shape.C} class weights, but {byClass.Count} came.");
        }

        _loss = loss;
        _ignored = weights.Ignored ?? float.NaN;
        _classWeights = weights.ByClass is null
            ? null
            : new Tensor(new Shape(1, 1, 1, logits.Shape.C), [.. weights.ByClass]);
        _dividesByClassWeights = weights.DividesByClassWeights && _classWeights is not null;
    }

    internal override bool BackwardReadsInputs => true;

    // The count.
    internal override long SavedFloats => 1;

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    // Each row: sum and count.
    internal override long ForwardScratch(int workers) => 2L * Rows * sizeof(double) / sizeof(float);

    internal override void Forward(Run run)
    {
        double* rowSums = (double*)run.ForwardScratch(this);
        run.Workers.Run(Rows, new SumRow(SourceOf(run), _loss, _dividesByClassWeights, rowSums));
        double sum = 0, count = 0;
        for (int row = 0; row < Rows; row++)
        {
            sum += rowSums[2 * row];
            count += rowSums[(2 * row) + 1];
        }

        *run.Saved(this) = (float)count;
        *run.Data(Output).Pointer = count == 0 ? 0 : (float)(sum / count);
    }

    internal override void Backward(Run run)
    {
        float count = *run.Saved(this);
        float scale = count == 0 ? 0 : *run.Gradient(Output).Pointer / count;
        View dx = run.Gradient(Inputs[0]);
        run.Workers.Run(Rows, new GradientRow(SourceOf(run), _loss, dx, scale, run.Adds(this, 0)));
    }

    private static void RequireShape(Value logits, Value value, string what)
    {
        if (value.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException(
                $"Logits of {logits.Shape} need a {what} of {logits.Shape.WithChannels(1)}, but {value.Shape} came.");
        }
    }

    private Source SourceOf(Run run)
    {
        View map = Inputs.Count > 2 ? run.Data(Inputs[2]) : default;
        float* classWeights = _classWeights is null ? null : _classWeights.Pointer;
        return new Source(run.Data(Inputs[0]), run.Data(Inputs[1]), map, classWeights, _ignored);
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
            classWeights == null ? 1 : new ReadOnlySpan<float>(classWeights, x.Channels)[(int)target];

        public float MapWeight(long p) => map.Pointer == null ? 1 : *map.Pixel(p);
    }

    private readonly struct SumRow(Source source, TLoss loss, bool dividesByClassWeights, double* rowSums) : IJob
    {
        public void Run(int block, int worker)
        {
            double sum = 0, count = 0;
            int width = source.X.Shape.W;
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float target = source.Target(p);
                if (!source.IsIgnored(target))
                {
                    float classWeight = source.ClassWeight(target);
                    sum += classWeight * source.MapWeight(p) * loss.Of(source.Logits(p), target);
                    count += dividesByClassWeights ? classWeight : 1;
                }
            }

            rowSums[2 * block] = sum;
            rowSums[(2 * block) + 1] = count;
        }
    }

    private readonly struct GradientRow(Source source, TLoss loss, View dx, float scale, bool adds) : IJob
    {
        public void Run(int block, int worker)
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
