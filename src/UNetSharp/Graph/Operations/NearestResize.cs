namespace UNetSharp.Graph.Operations;

/// <summary>
/// Resizing to the nearest pixel, PyTorch's interpolate(mode="nearest"): (N, C, H, W) → (N, C, H′, W′). Backward: every
/// source pixel sums the gradients of its copies.
/// </summary>
public sealed class NearestResize : PixelCopy
{
    internal NearestResize(Value x, int height, int width)
        : this(x, SourceAxis.ForNearest(x.Shape.H, height), SourceAxis.ForNearest(x.Shape.W, width))
    {
    }

    /// <summary>With another rule for which pixel is the nearest.</summary>
    internal NearestResize(Value x, SourceAxis rows, SourceAxis columns)
        : base(x, rows, columns)
    {
    }

    /// <inheritdoc/>
    public override string LayerType => "Upsample";

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        input.AfterResize(Inputs[0].Shape, Output.Shape, pixelsRead: 1);
}
