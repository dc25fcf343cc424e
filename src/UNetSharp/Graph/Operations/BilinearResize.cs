namespace UNetSharp.Graph.Operations;

/// <summary>
/// Bilinear resizing to a given size, PyTorch's interpolate(mode="bilinear"): (N, C, H, W) → (N, C, H′, W′).
/// Backward: every source pixel gathers from the result pixels that read it, with the same weights.
/// </summary>
public sealed class BilinearResize : Operation
{
    internal BilinearResize(Value x, int height, int width, ResizeGrid grid)
        : base(x.Shape.WithSize(height, width), [x]) => Grid = grid;

    /// <summary>How the pixels of both images lie over each other.</summary>
    public ResizeGrid Grid { get; }

    /// <inheritdoc/>
    public override string LayerType => "Upsample";

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        input.AfterResize(Inputs[0].Shape, Output.Shape, pixelsRead: 2);
}
