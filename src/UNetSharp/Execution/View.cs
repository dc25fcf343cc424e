using UNetSharp.Tensors;

namespace UNetSharp.Execution;

/// <summary>
/// An image tensor in memory as kernels see it: the channels of a pixel lie together, and <see cref="Stride"/> floats
/// lead from one pixel to the next. A stride above the number of channels makes the view a slice of a wider tensor,
/// which is how concatenation needs no copy.
/// </summary>
public readonly unsafe struct View(float* start, Shape shape, int stride)
{
    /// <summary>First channel of the first pixel.</summary>
    public float* Start { get; } = start;

    /// <summary>Sizes.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>Floats from a pixel to the next one.</summary>
    public int Stride { get; } = stride;

    /// <summary>Channels of a pixel.</summary>
    public int Channels => Shape.C;

    /// <summary>Number of pixels of all images.</summary>
    public int Pixels => (int)Shape.Pixels;

    /// <summary>Whether the values lie without gaps.</summary>
    public bool IsDense => Stride == Shape.C;

    /// <summary>The pixel at a position counted over all images.</summary>
    public float* Pixel(long index) => Start + (index * Stride);

    /// <summary>The first pixel of a row.</summary>
    public float* Row(int n, int h) => Start + (((((long)n * Shape.H) + h) * Shape.W) * Stride);

    /// <summary>The pixel at a position.</summary>
    public float* At(int n, int h, int w) => Start + ((((((long)n * Shape.H) + h) * Shape.W) + w) * Stride);
}
