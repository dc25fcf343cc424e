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
    /// <exception cref="ArgumentException">A size is below 1 or the values do not fit one array.</exception>
    public Tensor(Shape shape)
    {
        const int Slack = Alignment / sizeof(float);
        if (shape is { N: < 1 } or { H: < 1 } or { W: < 1 } or { C: < 1 } || shape.Count > Array.MaxLength - Slack)
        {
            throw new ArgumentException($"A tensor of {shape} cannot be made: every size must be at least 1 and "
                + $"their product at most {Array.MaxLength - Slack}.");
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
    public ref float this[int n, int h, int w, int c] =>
        ref Data[(((((n * Shape.H) + h) * Shape.W) + w) * Shape.C) + c];

    /// <summary>Address of the first value; the array is pinned, so it stays where it is.</summary>
    internal unsafe float* Pointer => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, _start);
}
