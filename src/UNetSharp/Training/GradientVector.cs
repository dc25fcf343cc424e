using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Training;

/// <summary>
/// The gradients of all trained parameters as one vector: its length, which can be limited (Pascanu et al. 2013,
/// https://arxiv.org/abs/1211.5063, as torch.nn.utils.clip_grad_norm_), and the mean of several, for steps of more images than
/// memory has room for. Parts of fixed sizes make results independent of the number of threads.
/// </summary>
internal sealed unsafe class GradientVector
{
    private const int PartFloats = 16384;

    // As PyTorch has it, against a division by zero.
    private const double Tiny = 1e-6;

    private readonly Workers _workers;

    // Kept as well because parts hold addresses, which keep no memory from being collected.
    private readonly Parameter[] _trained;
    private readonly float[] _sums;
    private readonly Part[] _parts;
    private readonly double[] _squares;
    private double _weight;

    /// <summary>Prepares.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="workers">Threads to run on.</param>
    /// <param name="accumulates">Whether <see cref="Add"/> will be used, which takes memory.</param>
    public GradientVector(IEnumerable<Parameter> parameters, Workers workers, bool accumulates)
    {
        _workers = workers;
        _trained = [.. parameters.Where(parameter => parameter.Kind == ParameterKind.Trained)];
        _sums = GC.AllocateArray<float>(accumulates ? _trained.Sum(parameter => parameter.Count) : 0, pinned: true);
        _parts = GC.AllocateArray<Part>(
            _trained.Sum(parameter => (parameter.Count + PartFloats - 1) / PartFloats), pinned: true);
        _squares = GC.AllocateArray<double>(_parts.Length, pinned: true);
        nint sums = Marshal.UnsafeAddrOfPinnedArrayElement(_sums, 0);
        int index = 0;
        foreach (Parameter parameter in _trained)
        {
            for (int start = 0; start < parameter.Count; start += PartFloats)
            {
                int count = Math.Min(PartFloats, parameter.Count - start);
                _parts[index++] = new Part((nint)(parameter.GradientPointer + start), sums, count);
                sums += count * sizeof(float);
            }
        }
    }

    /// <summary>Adds the gradients to a sum.</summary>
    /// <param name="weight">What they count for: the number of images.</param>
    public void Add(double weight)
    {
        _workers.Run(_parts.Length, new AddPart(Parts, (float)weight, isFirst: _weight == 0));
        _weight += weight;
    }

    /// <summary>Puts the weighted mean of what was added in the gradients' place, and starts anew.</summary>
    public void TakeMean()
    {
        _workers.Run(_parts.Length, new TakePart(Parts, (float)(1 / _weight)));
        _weight = 0;
    }

    /// <summary>Shortens the vector to a length where it is longer.</summary>
    /// <returns>Its length before; no number if a gradient is none.</returns>
    public double Clip(double length)
    {
        double norm = Norm();
        if (norm > length)
        {
            _workers.Run(_parts.Length, new ScalePart(Parts, (float)(length / (norm + Tiny))));
        }

        return norm;
    }

    /// <summary>The vector's length.</summary>
    public double Norm()
    {
        double* squares = (double*)Marshal.UnsafeAddrOfPinnedArrayElement(_squares, 0);
        _workers.Run(_parts.Length, new SquarePart(Parts, squares));
        return Math.Sqrt(_squares.Sum());
    }

    private Part* Parts => (Part*)Marshal.UnsafeAddrOfPinnedArrayElement(_parts, 0);

    /// <summary>Neighbouring gradients and what was added of them, by address.</summary>
    private readonly struct Part(nint gradients, nint sums, int count)
    {
        public Span<float> Gradients => new((float*)gradients, count);

        public Span<float> Sums => new((float*)sums, count);
    }

    private readonly struct AddPart(Part* parts, float weight, bool isFirst) : IJob
    {
        public void Run(int block, int worker)
        {
            Span<float> gradients = parts[block].Gradients, sums = parts[block].Sums;
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = (isFirst ? 0 : sums[i]) + (weight * gradients[i]);
            }
        }
    }

    private readonly struct TakePart(Part* parts, float factor) : IJob
    {
        public void Run(int block, int worker)
        {
            Span<float> gradients = parts[block].Gradients, sums = parts[block].Sums;
            for (int i = 0; i < sums.Length; i++)
            {
                gradients[i] = factor * sums[i];
            }
        }
    }

    private readonly struct ScalePart(Part* parts, float factor) : IJob
    {
        public void Run(int block, int worker)
        {
            foreach (ref float gradient in parts[block].Gradients)
            {
                gradient *= factor;
            }
        }
    }

    private readonly struct SquarePart(Part* parts, double* squares) : IJob
    {
        public void Run(int block, int worker)
        {
            ReadOnlySpan<float> gradients = parts[block].Gradients;
            Vector256<float> lanes = default;
            int i = 0;
            for (; i <= gradients.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> eight = Vector256.Create(gradients[i..]);
                lanes += eight * eight;
            }

            double sum = Vector256.Sum(lanes);
            for (; i < gradients.Length; i++)
            {
                sum += (double)gradients[i] * gradients[i];
            }

            squares[block] = sum;
        }
    }
}
