using UNetSharp.Kernels.Resampling;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Resizing to the nearest pixel, PyTorch's interpolate(mode="nearest"): (N, C, H, W) → (N, C, H′, W′). Backward: every
/// source pixel sums the gradients of its copies.
/// </summary>
public sealed class NearestResizing : PixelCopying
{
    internal NearestResizing(Value x, int height, int width)
        : this(x, height, width, SourceAxis.Nearest(x.Shape.H, height), SourceAxis.Nearest(x.Shape.W, width))
    {
    }

    /// <summary>With another notion of which pixel is the nearest.</summary>
    internal NearestResizing(Value x, int height, int width, SourceAxis rows, SourceAxis columns)
        : base(x, height, width, rows, columns)
    {
    }

    internal override string LayerType => "Upsample";

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        input.Enlarged(Inputs[0].Shape, Output.Shape, pixelsRead: 1);
}
