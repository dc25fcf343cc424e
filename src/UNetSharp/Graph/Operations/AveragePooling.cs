using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Resampling;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Mean over windows: (N, C, H, W) → (N, C, H′, W′), H′ = (H + 2 · padding − kernel) / stride + 1, rounded down.
/// Backward: every pixel of a window gets its share of dy.
/// </summary>
public sealed class AveragePooling : Operation
{
    private readonly Axis _rows;
    private readonly Axis _columns;
    private readonly bool _countsPadding;

    internal AveragePooling(Value x, Axis rows, Axis columns, bool countsPadding)
        : base(ResultShape(x.Shape, rows, columns), [x]) =>
        (_rows, _columns, _countsPadding) = (rows, columns, countsPadding);

    internal override string LayerType => "AvgPool2d";

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        _rows == _columns ? input.Windowed(_rows) : null;

    internal override void Forward(Run run) => AveragePool.Run(
        run.Workers, run.Data(Inputs[0]), run.Data(Output), _rows, _columns, _countsPadding);

    internal override void Backward(Run run) => AveragePoolGradient.Run(
        run.Workers,
        run.Gradient(Output),
        run.Gradient(Inputs[0]),
        _rows,
        _columns,
        _countsPadding,
        run.Adds(this, 0));

    private static Shape ResultShape(Shape x, Axis rows, Axis columns)
    {
        Shape result = x with { H = rows.Positions(x.H), W = columns.Positions(x.W) };
        return result.H >= 1 && result.W >= 1
            ? result
            : throw new ShapeException($"Average pooling with a {rows.Kernel}x{columns.Kernel} window leaves nothing of "
                + $"{x}: the image is too small for a network this deep.");
    }
}
