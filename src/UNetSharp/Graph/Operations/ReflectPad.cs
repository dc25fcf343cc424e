namespace UNetSharp.Graph.Operations;

/// <summary>
/// The image with its mirror image around it, as PyTorch's pad(mode="reflect"), but of any size: (N, C, H, W) →
/// (N, C, top + H + bottom, left + W + right). This is how the U-Net of 2015 predicts up to the border (figure 2 of
/// https://arxiv.org/abs/1505.04597).
/// </summary>
public sealed class ReflectPad : PixelCopy
{
    internal ReflectPad(Value x, int left, int right, int top, int bottom)
        : base(x, SourceAxis.ForReflection(x.Shape.H, top, bottom), SourceAxis.ForReflection(x.Shape.W, left, right)) =>
        (Top, Left) = (top, left);

    /// <summary>Rows above the image.</summary>
    public int Top { get; }

    /// <summary>Columns at the left of the image.</summary>
    public int Left { get; }
}
