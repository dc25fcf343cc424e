using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>
/// Soft Dice loss (Milletari, Navab and Ahmadi 2016, https://arxiv.org/abs/1606.04797, section 3, without the squares
/// below the line). With probabilities p (sigmoid of a single logit, softmax of several) and the truth t in {0, 1}
/// (for classes: one-hot), summed over the pixels of one image and class:
/// <code>
/// dice = (2 Σ p · t + 1) / (Σ p + Σ t + 1)        loss = 1 − mean of dice over images and classes
/// d loss / dp = −(2 t − dice) / (Σ p + Σ t + 1) / (images · classes)
/// </code>
/// The ones make an empty mask that is predicted as empty cost nothing instead of 0 / 0.
/// </summary>
public sealed unsafe class SoftDice : Operation
{
    private const float Smooth = 1;

    private SoftDice(Value logits, Value target)
        : base(Shape.Scalar, [logits, target])
    {
        if (target.Shape != logits.Shape.WithChannels(1))
        {
            throw new ShapeException($"Dice of logits {logits.Shape} needs a target of shape "
                + $"{logits.Shape.WithChannels(1)}, but {target.Shape} came.");
        }
    }

    internal override bool BackwardReadsInputs => true;

    // For every image and class: dice, and 1 / (Σ p + Σ t + 1).
    internal override long SavedFloats => 2 * Terms;

    private int Classes => Inputs[0].Shape.C;

    private int Terms => Inputs[0].Shape.N * Classes;

    /// <summary>The loss of logits (N, K, H, W) against 0 or 1, or class indices, (N, 1, H, W).</summary>
    public static Value Of(Value logits, Value target) => new SoftDice(logits, target).Output;

    // Each row: Σ p · t and Σ p + Σ t for every class.
    internal override long ForwardScratch(int workers) => 4L * Terms * Inputs[0].Shape.H;

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        double* rowSums = (double*)run.ForwardScratch(this);
        run.Workers.Run(x.Shape.N * x.Shape.H, new SumRow(x, run.Data(Inputs[1]), rowSums));
        float* dice = run.Saved(this);
        float* perTotal = dice + Terms;
        double mean = 0;
        for (int term = 0; term < Terms; term++)
        {
            (int n, int k) = Math.DivRem(term, Classes);
            double overlap = 0, total = 0;
            for (int row = n * x.Shape.H; row < (n + 1) * x.Shape.H; row++)
            {
                double* sums = rowSums + (2L * row * Classes);
                overlap += sums[k];
                total += sums[Classes + k];
            }

            dice[term] = (float)(((2 * overlap) + Smooth) / (total + Smooth));
            perTotal[term] = (float)(1 / (total + Smooth));
            mean += dice[term];
        }

        *run.Data(Output).Pointer = (float)(1 - (mean / Terms));
    }

    internal override void Backward(Run run)
    {
        View x = run.Data(Inputs[0]);
        float scale = *run.Gradient(Output).Pointer / Terms;
        float* dice = run.Saved(this);
        run.Workers.Run(
            x.Shape.N * x.Shape.H,
            new GradientRow(
                x, run.Data(Inputs[1]), run.Gradient(Inputs[0]), dice, dice + Terms, scale, run.Adds(this, 0)));
    }

    /// <summary>Whether a pixel belongs to class k; a single class is the foreground, with index 1.</summary>
    private static float Truth(float target, int k, int classes) =>
        classes == 1 ? target : (int)target == k ? 1 : 0;

    private readonly struct SumRow(View x, View target, double* rowSums) : IJob
    {
        public void Run(int block, int worker)
        {
            int classes = x.Channels;
            double* overlap = rowSums + (2L * block * classes);
            double* total = overlap + classes;
            new Span<double>(overlap, 2 * classes).Clear();
            Span<float> p = stackalloc float[classes];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                Probability.Of(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                for (int k = 0; k < classes; k++)
                {
                    float t = Truth(*target.Pixel(i), k, classes);
                    overlap[k] += p[k] * t;
                    total[k] += p[k] + t;
                }
            }
        }
    }

    private readonly struct GradientRow(
        View x, View target, View dx, float* dice, float* perTotal, float scale, bool adds) : IJob
    {
        public void Run(int block, int worker)
        {
            int classes = x.Channels;
            int first = block / x.Shape.H * classes;
            Span<float> p = stackalloc float[classes];
            Span<float> dp = stackalloc float[classes];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                Probability.Of(new ReadOnlySpan<float>(x.Pixel(i), classes), p);
                float product = 0;
                for (int k = 0; k < classes; k++)
                {
                    float t = Truth(*target.Pixel(i), k, classes);
                    dp[k] = -scale * ((2 * t) - dice[first + k]) * perTotal[first + k];
                    product += p[k] * dp[k];
                }

                for (int k = 0; k < classes; k++)
                {
                    // Derivative of sigmoid for one class, of softmax for several.
                    float value = classes == 1 ? dp[k] * p[k] * (1 - p[k]) : p[k] * (dp[k] - product);
                    float* to = dx.Pixel(i) + k;
                    *to = adds ? *to + value : value;
                }
            }
        }
    }
}
