using UNetSharp.Cpu;
using UNetSharp.Cpu.Pointwise;
using UNetSharp.Execution;

namespace UNetSharp.Losses;

/// <summary>
/// Kernel of <see cref="LovaszExtension"/>. The pixels of a segment are sorted by one thread, so the result is the same
/// on any number of threads. Forward leaves the derivatives of each segment's loss by its errors' arguments for
/// backward.
/// </summary>
internal sealed unsafe class LovaszExtensionKernel(LovaszExtension loss) : Kernel(loss)
{
    private readonly int _groups = loss.OverBatch ? 1 : loss.Inputs[0].Shape.N;
    private readonly float _ignored = loss.Ignored ?? float.NaN;

    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    // A derivative for every pixel and class, segment by segment, and every group's share in the mean.
    public override long SavedFloats => Inputs[0].Shape.Count + _groups;

    private int Classes => Inputs[0].Shape.C;

    private int Segments => _groups * Classes;

    private int SegmentPixels => (int)(Inputs[0].Shape.Pixels / _groups);

    private int Rows => Inputs[0].Shape.N * Inputs[0].Shape.H;

    /// <inheritdoc/>
    // The segments' losses, and for every thread that can have a segment keys and pixels, twice.
    public override long ForwardScratchFloats(int threads) =>
        (2L * Segments) + (4L * Math.Min(threads, Segments) * SegmentPixels);

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        Source source = new(context.Input(0), context.Input(1), _ignored, SegmentPixels);
        float* saved = context.Saved;
        double* losses = (double*)context.ForwardScratch;
        uint* memory = (uint*)(losses + Segments);
        context.Workers.Execute(Rows, new ErrorRow(source, saved));
        context.Workers.Execute(Segments, new SortSegment(source, saved, losses, memory, context.Workers.Count));

        float* shares = saved + Inputs[0].Shape.Count;
        double sum = 0;
        for (int group = 0; group < _groups; group++)
        {
            double ofGroup = 0;
            int present = 0;
            for (int k = 0; k < Classes; k++)
            {
                double loss = losses[(group * Classes) + k];
                (ofGroup, present) = loss < 0 ? (ofGroup, present) : (ofGroup + loss, present + 1);
            }

            shares[group] = present == 0 ? 0 : 1f / present / _groups;
            sum += present == 0 ? 0 : ofGroup / present;
        }

        *context.Output.Start = (float)(sum / _groups);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        Source source = new(context.Input(0), context.Input(1), _ignored, SegmentPixels);
        float* saved = context.Saved;
        float dy = *context.OutputGradient.Start;
        float* shares = saved + Inputs[0].Shape.Count;
        context.Workers.Execute(
            Rows, new GradientRow(source, saved, shares, dy, context.InputGradient(0), context.Accumulates(0)));
    }

    /// <summary>The batch, and the order in which values are kept: by segment, then by pixel.</summary>
    private readonly struct Source(View x, View target, float ignored, int segmentPixels)
    {
        public View X => x;

        public int SegmentPixels => segmentPixels;

        public float Target(long pixel) => *target.Pixel(pixel);

        public bool IsIgnored(float target) => target == ignored;

        public int GetGroup(long pixel) => (int)(pixel / segmentPixels);

        public long GetPosition(long pixel, int k)
        {
            (long group, long within) = Math.DivRem(pixel, segmentPixels);
            return (((group * x.Channels) + k) * segmentPixels) + within;
        }
    }

    /// <summary>The error of every pixel of a row for every class.</summary>
    private readonly struct ErrorRow(Source source, float* errors) : IJob
    {
        public void Execute(int block, int worker)
        {
            View x = source.X;
            Span<float> p = stackalloc float[x.Channels];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                float target = source.Target(i);
                if (x.Channels == 1)
                {
                    float sign = target > 0 ? 1 : -1;
                    errors[source.GetPosition(i, 0)] = MathF.Max(0, 1 - (*x.Pixel(i) * sign));
                    continue;
                }

                SoftmaxForward.ComputePixel(new ReadOnlySpan<float>(x.Pixel(i), x.Channels), p);
                int truth = source.IsIgnored(target) ? -1 : Probability.ToClass(target, x.Channels);
                for (int k = 0; k < x.Channels; k++)
                {
                    errors[source.GetPosition(i, k)] = k == truth ? Probability.SumOthers(p, k) : p[k];
                }
            }
        }
    }

    /// <summary>The loss of a segment, below zero where it does not count, and derivatives in place of
    /// errors.</summary>
    private readonly struct SortSegment(Source source, float* saved, double* losses, uint* memory, int workers) : IJob
    {
        public void Execute(int block, int worker)
        {
            // Where there are fewer segments than threads, each segment has memory of its own.
            int slot = workers < source.X.Channels * (source.X.Pixels / source.SegmentPixels) ? worker : block;
            int size = source.SegmentPixels;
            uint* keys = memory + (4L * slot * size);
            int* pixels = (int*)(keys + size);
            float* errors = saved + ((long)block * size);
            (int count, int positives) = Collect(block, errors, keys, pixels);
            new Span<float>(errors, size).Clear();
            bool counts = source.X.Channels == 1 ? count > 0 : positives > 0;
            if (counts)
            {
                DescendingOrder.Sort(keys, pixels, (uint*)(pixels + size), (int*)(keys + (3L * size)), count);
            }

            losses[block] = counts ? Walk(keys, pixels, count, positives, errors) : -1;
        }

        /// <summary>Keys of the pixels that count; the lowest bit beside each says whether it is of the
        /// class.</summary>
        private (int Count, int Positives) Collect(int segment, float* errors, uint* keys, int* pixels)
        {
            (int group, int k) = Math.DivRem(segment, source.X.Channels);
            int count = 0, positives = 0;
            for (int i = 0; i < source.SegmentPixels; i++)
            {
                float target = source.Target(((long)group * source.SegmentPixels) + i);
                if (!source.IsIgnored(target))
                {
                    int truth = Probability.GetTarget(target, k, source.X.Channels) > 0 ? 1 : 0;
                    keys[count] = DescendingOrder.GetKey(errors[i]);
                    pixels[count++] = (i << 1) | truth;
                    positives += truth;
                }
            }

            return (count, positives);
        }

        private double Walk(uint* keys, int* pixels, int count, int positives, float* derivatives)
        {
            double loss = 0, before = 0;
            int ofClass = 0;
            for (int i = 0; i < count; i++)
            {
                int truth = pixels[i] & 1;
                ofClass += truth;
                double jaccard = 1 - ((double)(positives - ofClass) / (positives + (i + 1 - ofClass)));
                float error = DescendingOrder.GetValue(keys[i]);
                loss += error * (jaccard - before);
                int sign = error == 0 ? 0 : 1 - (2 * truth);
                derivatives[(uint)pixels[i] >> 1] = (float)(sign * (jaccard - before));
                before = jaccard;
            }

            return loss;
        }
    }

    private readonly struct GradientRow(
        Source source, float* derivatives, float* shares, float dy, View dx, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            View x = source.X;
            Span<float> p = stackalloc float[x.Channels];
            Span<float> gradient = stackalloc float[x.Channels];
            for (long i = (long)block * x.Shape.W; i < (block + 1L) * x.Shape.W; i++)
            {
                float scale = dy * shares[source.GetGroup(i)];
                for (int k = 0; k < x.Channels; k++)
                {
                    gradient[k] = scale * derivatives[source.GetPosition(i, k)];
                }

                if (x.Channels > 1)
                {
                    SoftmaxForward.ComputePixel(new ReadOnlySpan<float>(x.Pixel(i), x.Channels), p);
                    Probability.Backward(p, gradient);
                }

                float* to = dx.Pixel(i);
                for (int k = 0; k < x.Channels; k++)
                {
                    to[k] = adds ? to[k] + gradient[k] : gradient[k];
                }
            }
        }
    }
}
