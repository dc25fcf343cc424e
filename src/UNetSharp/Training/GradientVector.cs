using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Training;

/// <summary>
/// The gradients of all trained parameters as one vector: its norm, which can be clipped (Pascanu et al. 2013,
/// https://arxiv.org/abs/1211.5063, as torch.nn.utils.clip_grad_norm_), and the mean of several, for steps of more
/// images than memory has room for.
/// </summary>
internal sealed unsafe class GradientVector
{
    // As PyTorch has it, against a division by zero.
    private const double Epsilon = 1e-6;

    private readonly ParameterStore _parameters;
    private readonly Workers _workers;
    private readonly Tensor? _sums;
    private readonly Segment[] _segments;
    private readonly double[] _squares;
    private double _weight;

    /// <summary>Prepares.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="accumulates">Whether <see cref="Accumulate"/> will be used, which takes memory.</param>
    public GradientVector(ParameterStore parameters, CpuDevice device, bool accumulates)
    {
        (_parameters, _workers) = (parameters, device.Workers);
        _sums = accumulates ? new Tensor(Shape.Nchw(1, parameters.TrainedCount, 1, 1)) : null;
        Segment[] segments = [.. parameters.Trained.SelectMany(GetSegments)];
        _segments = GC.AllocateArray<Segment>(segments.Length, pinned: true);
        segments.CopyTo(_segments, 0);
        _squares = GC.AllocateArray<double>(segments.Length, pinned: true);
    }

    private float* Sums => (_sums ?? throw new InvalidOperationException("Gradients are not accumulated.")).Start;

    /// <summary>Adds the gradients to a sum.</summary>
    /// <param name="weight">What they count for: the number of images.</param>
    public void Accumulate(double weight)
    {
        Execute(new AccumulateJob(_parameters.GradientsStart, Sums, Count, (float)weight, isFirst: _weight == 0));
        _weight += weight;
    }

    /// <summary>Puts the weighted mean of what was accumulated in the gradients' place, and starts anew.</summary>
    public void SetToMean()
    {
        Execute(new ScaleJob(Sums, _parameters.GradientsStart, Count, (float)(1 / _weight)));
        _weight = 0;
    }

    /// <summary>Scales the vector down to a norm where it is longer.</summary>
    /// <returns>Its norm before; not finite if a gradient is not.</returns>
    public double Clip(double maxNorm)
    {
        double norm = Norm();
        if (norm > maxNorm)
        {
            float* gradients = _parameters.GradientsStart;
            Execute(new ScaleJob(gradients, gradients, Count, (float)(maxNorm / (norm + Epsilon))));
        }

        return norm;
    }

    /// <summary>The vector's norm. Segments of fixed sizes make it independent of the number of threads.</summary>
    public double Norm()
    {
        var segments = (Segment*)Marshal.UnsafeAddrOfPinnedArrayElement(_segments, 0);
        double* squares = (double*)Marshal.UnsafeAddrOfPinnedArrayElement(_squares, 0);
        _workers.Execute(_segments.Length, new SquareJob(_parameters.GradientsStart, segments, squares));
        return Math.Sqrt(_squares.Sum());
    }

    private int Count => _parameters.TrainedCount;

    private void Execute<TJob>(TJob job)
        where TJob : unmanaged, IJob => _workers.Execute(FlatBlocks.Count(Count), job);

    private IEnumerable<Segment> GetSegments(Parameter parameter)
    {
        for (int start = 0; start < parameter.Count; start += FlatBlocks.Floats)
        {
            int count = Math.Min(FlatBlocks.Floats, parameter.Count - start);
            yield return new Segment(_parameters.GetOffset(parameter) + start, count);
        }
    }

    /// <summary>Neighbouring gradients of one parameter.</summary>
    private readonly record struct Segment(int Start, int Count);

    private readonly struct AccumulateJob(float* gradients, float* sums, int count, float weight, bool isFirst) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int start, int end) = FlatBlocks.Range(block, count);
            for (int i = start; i < end; i++)
            {
                sums[i] = (isFirst ? 0 : sums[i]) + (weight * gradients[i]);
            }
        }
    }

    private readonly struct ScaleJob(float* from, float* to, int count, float factor) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int start, int end) = FlatBlocks.Range(block, count);
            for (int i = start; i < end; i++)
            {
                to[i] = factor * from[i];
            }
        }
    }

    private readonly struct SquareJob(float* gradients, Segment* segments, double* squares) : IJob
    {
        public void Execute(int block, int worker)
        {
            ReadOnlySpan<float> values = new(gradients + segments[block].Start, segments[block].Count);
            Vector256<float> lanes = default;
            int i = 0;
            for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> eight = Vector256.Create(values[i..]);
                lanes += eight * eight;
            }

            double sum = Vector256.Sum(lanes);
            for (; i < values.Length; i++)
            {
                sum += (double)values[i] * values[i];
            }

            squares[block] = sum;
        }
    }
}
