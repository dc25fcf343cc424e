using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Zeros around the image, as PyTorch's pad: (N, C, H, W) → (N, C, top + H + bottom, left + W + right). Negative
/// numbers crop. Backward: the inner part of dy.
/// </summary>
public sealed class Pad : Operation
{
    internal Pad(Value x, int left, int right, int top, int bottom)
        : base(ResultShape(x.Shape, left, right, top, bottom), [x]) => (Top, Left) = (top, left);

    /// <summary>Rows of zeros above the image; cropped rows where negative.</summary>
    public int Top { get; }

    /// <summary>Columns of zeros at the left of the image; cropped columns where negative.</summary>
    public int Left { get; }

    private static Shape ResultShape(Shape x, int left, int right, int top, int bottom)
    {
        (int height, int width) = (top + x.H + bottom, left + x.W + right);
        return height >= 1 && width >= 1
            ? x.WithSize(height, width)
            : throw new ShapeException(
                $"Padding {x} by left {left}, right {right}, top {top}, bottom {bottom} leaves nothing.");
    }
}
