using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Mean over windows: (N, C, H, W) → (N, C, H′, W′), H′ = (H + 2 · padding − kernel) / stride + 1, rounded down.
/// Backward: every pixel of a window gets its share of dy.
/// </summary>
public sealed class AvgPool : Operation
{
    internal AvgPool(Value x, Axis rows, Axis columns, bool countIncludePad)
        : base(ResultShape(x.Shape, rows, columns), [x]) =>
        (Rows, Columns, CountIncludePad) = (rows, columns, countIncludePad);

    /// <summary>How the window moves down the rows.</summary>
    public Axis Rows { get; }

    /// <summary>How the window moves across the columns.</summary>
    public Axis Columns { get; }

    /// <summary>Whether the zeros of the padding count in the mean.</summary>
    public bool CountIncludePad { get; }

    /// <inheritdoc/>
    public override string LayerType => "AvgPool2d";

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        Rows == Columns ? input.AfterWindow(Rows) : null;

    private static Shape ResultShape(Shape x, Axis rows, Axis columns)
    {
        (int height, int width) = (rows.CountPositions(x.H), columns.CountPositions(x.W));
        return height >= 1 && width >= 1
            ? x.WithSize(height, width)
            : throw new ShapeException($"Average pooling with a {rows.Kernel}x{columns.Kernel} window leaves nothing "
                + $"of {x}: the image is too small for a network this deep.");
    }
}
