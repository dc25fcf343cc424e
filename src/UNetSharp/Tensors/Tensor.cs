using System.Runtime.InteropServices;

namespace UNetSharp.Tensors;

/// <summary>
/// Float32 values of a <see cref="Shape"/> in NHWC order. The memory is a pinned managed array that starts on a
/// 64-byte boundary, so kernels may hold its address; there is nothing to dispose of.
/// </summary>
public sealed class Tensor
{
    private const int Alignment = 64;
    private readonly float[] _memory;
    private readonly int _start;

    /// <summary>Creates a tensor of zeros.</summary>
    /// <exception cref="ShapeException">The values do not fit one array, or the shape is the default one.</exception>
    public Tensor(Shape shape)
    {
        const int Slack = Alignment / sizeof(float);
        if (shape.Count is < 1 or > int.MaxValue - (2 * Slack))
        {
            throw new ShapeException($"A tensor of {shape} cannot be made: it holds from 1 to "
                + $"{int.MaxValue - (2 * Slack)} values.");
        }

        Shape = shape;
        _memory = GC.AllocateArray<float>((int)shape.Count + Slack, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _start = (int)((Alignment - (address % Alignment)) % Alignment) / sizeof(float);
    }

    /// <summary>Creates a tensor with the given values in NHWC order.</summary>
    public Tensor(Shape shape, ReadOnlySpan<float> values)
        : this(shape)
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"A tensor of {shape} holds {shape.Count} values, but {values.Length} came.");
        }

        values.CopyTo(Data);
    }

    /// <summary>Sizes of the tensor.</summary>
    public Shape Shape { get; }

    /// <summary>The values, channels of a pixel together, pixels by rows.</summary>
    public Span<float> Data => _memory.AsSpan(_start, (int)Shape.Count);

    /// <summary>The value of one channel of one pixel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index lies outside of the shape.</exception>
    public ref float this[int n, int c, int h, int w]
    {
        get
        {
            RequireBelow(n, Shape.N, nameof(n));
            RequireBelow(c, Shape.C, nameof(c));
            RequireBelow(h, Shape.H, nameof(h));
            RequireBelow(w, Shape.W, nameof(w));
            return ref Data[(((((n * Shape.H) + h) * Shape.W) + w) * Shape.C) + c];
        }
    }

    /// <summary>Address of the first value; the array is pinned, so it stays where it is.</summary>
    internal unsafe float* Start => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, _start);

    private static void RequireBelow(int index, int size, string name)
    {
        if ((uint)index >= (uint)size)
        {
            throw new ArgumentOutOfRangeException(name, index, $"The index must be from 0 to {size - 1}.");
        }
    }
}
