using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Maximum over windows: (N, C, H, W) → (N, C, H′, W′), H′ = (H + 2 · padding − kernel) / stride + 1, rounded down, or
/// up in ceil mode. Backward: dy goes to the first maximum of each window.
/// </summary>
public sealed class MaxPool : Operation
{
    internal MaxPool(Value x, Axis rows, Axis columns, bool ceilMode)
        : base(ResultShape(x.Shape, rows, columns, ceilMode), [x]) =>
        (Rows, Columns, IsCeil) = (rows, columns, ceilMode);

    /// <summary>How the window moves down the rows.</summary>
    public Axis Rows { get; }

    /// <summary>How the window moves across the columns.</summary>
    public Axis Columns { get; }

    /// <summary>Whether the result's size is rounded up.</summary>
    public bool IsCeil { get; }

    /// <inheritdoc/>
    public override string LayerType => "MaxPool2d";

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        Rows == Columns ? input.AfterWindow(Rows) : null;

    private static Shape ResultShape(Shape x, Axis rows, Axis columns, bool ceilMode)
    {
        (int height, int width) = (Positions(rows, x.H, ceilMode), Positions(columns, x.W, ceilMode));
        return height >= 1 && width >= 1
            ? x.WithSize(height, width)
            : throw new ShapeException($"Max pooling with a {rows.Kernel}x{columns.Kernel} window leaves nothing of "
                + $"{x}: the image is too small for a network this deep.");
    }

    /// <summary>
    /// In ceil mode a last window may hang over the border, if it starts inside of image and padding.
    /// </summary>
    private static int Positions(Axis axis, int size, bool ceilMode)
    {
        int positions = axis.CountPositions(size);
        bool hasRest = (size + (2 * axis.Padding) - axis.Extent) % axis.Stride != 0;
        bool startsInside = positions * axis.Stride < size + axis.Padding;
        return ceilMode && hasRest && startsInside ? positions + 1 : positions;
    }
}
