namespace UNetSharp.Tensors;

/// <summary>
/// Sizes of an image tensor, made and printed in PyTorch's order, (N, C, H, W). In memory the channels of one pixel lie
/// together (NHWC). Every size is at least 1.
/// </summary>
public readonly record struct Shape
{
    private Shape(int n, int c, int h, int w) => (N, C, H, W) = (n, c, h, w);

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar => new(1, 1, 1, 1);

    /// <summary>Number of images.</summary>
    public int N { get; }

    /// <summary>Number of channels.</summary>
    public int C { get; }

    /// <summary>Number of rows.</summary>
    public int H { get; }

    /// <summary>Number of columns.</summary>
    public int W { get; }

    /// <summary>Number of values, N · C · H · W.</summary>
    public long Count => (long)N * C * H * W;

    /// <summary>Number of pixels, N · H · W.</summary>
    public long Pixels => (long)N * H * W;

    /// <summary>Makes a shape.</summary>
    /// <param name="n">Number of images.</param>
    /// <param name="c">Number of channels.</param>
    /// <param name="h">Number of rows.</param>
    /// <param name="w">Number of columns.</param>
    /// <exception cref="ShapeException">A size is below 1, or there are more than 2³¹ − 1 pixels.</exception>
    public static Shape Nchw(int n, int c, int h, int w)
    {
        long rows = (long)n * h;
        return n < 1 || c < 1 || h < 1 || w < 1 || rows > int.MaxValue || rows * w > int.MaxValue
            ? throw new ShapeException(
                $"({n}, {c}, {h}, {w}) is no shape: every size must be at least 1, and there may be at most "
                + $"{int.MaxValue} pixels.")
            : new Shape(n, c, h, w);
    }

    /// <summary>This shape with another number of images.</summary>
    public Shape WithImages(int n) => Nchw(n, C, H, W);

    /// <summary>This shape with another number of channels.</summary>
    public Shape WithChannels(int c) => Nchw(N, c, H, W);

    /// <summary>This shape with another height and width.</summary>
    public Shape WithSize(int h, int w) => Nchw(N, C, h, w);

    /// <summary>The shape as PyTorch writes it: (N, C, H, W).</summary>
    public override string ToString() => $"({N}, {C}, {H}, {W})";
}
