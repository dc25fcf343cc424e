using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Resampling;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Maximum over windows: (N, C, H, W) → (N, C, H′, W′), H′ = (H + 2 · padding − kernel) / stride + 1, rounded down, or
/// up in ceil mode. Backward: dy goes to the first maximum of each window.
/// </summary>
public sealed class MaxPooling : Operation
{
    internal MaxPooling(Value x, Axis rows, Axis columns, bool ceilMode)
        : base(ResultShape(x.Shape, rows, columns, ceilMode), [x]) =>
        (Rows, Columns, IsCeil) = (rows, columns, ceilMode);

    /// <summary>How the window moves down the rows.</summary>
    internal Axis Rows { get; }

    /// <summary>How the window moves across the columns.</summary>
    internal Axis Columns { get; }

    /// <summary>Whether the result's size is rounded up.</summary>
    internal bool IsCeil { get; }

    internal override string LayerType => "MaxPool2d";

    internal override bool BackwardReadsInputs => true;

    internal override bool BackwardReadsOutput => true;

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        Rows == Columns ? input.Windowed(Rows) : null;

    internal override void Forward(Run run) =>
        MaxPool.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), Rows, Columns);

    internal override void Backward(Run run) => MaxPoolGradient.Run(
        run.Workers,
        run.Data(Inputs[0]),
        run.Data(Output),
        run.Gradient(Output),
        run.Gradient(Inputs[0]),
        Rows,
        Columns,
        run.Adds(this, 0));

    private static Shape ResultShape(Shape x, Axis rows, Axis columns, bool ceilMode)
    {
        Shape result = x with { H = Positions(rows, x.H, ceilMode), W = Positions(columns, x.W, ceilMode) };
        return result.H >= 1 && result.W >= 1
            ? result
            : throw new ShapeException($"Max pooling with a {rows.Kernel}x{columns.Kernel} window leaves nothing of {x}: "
                + "the image is too small for a network this deep.");
    }

    /// <summary>In ceil mode a last window may hang over the border, if it starts inside of image and padding.</summary>
    private static int Positions(Axis axis, int size, bool ceilMode)
    {
        int positions = axis.Positions(size);
        bool hasRest = (size + (2 * axis.Padding) - axis.Extent) % axis.Stride != 0;
        bool startsInside = positions * axis.Stride < size + axis.Padding;
        return ceilMode && hasRest && startsInside ? positions + 1 : positions;
    }
}
