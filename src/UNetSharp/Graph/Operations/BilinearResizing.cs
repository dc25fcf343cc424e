using UNetSharp.Execution;
using UNetSharp.Kernels.Resampling;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Bilinear resizing to a given size, PyTorch's interpolate(mode="bilinear"): (N, C, H, W) → (N, C, H′, W′).
/// Backward: every source pixel gathers from the result pixels that read it, with the same weights.
/// </summary>
public sealed class BilinearResizing : Operation
{
    private readonly BilinearAxis _rows;
    private readonly BilinearAxis _columns;

    internal BilinearResizing(Value x, int height, int width, ResizeGrid grid)
        : base(x.Shape with { H = height, W = width }, [x])
    {
        IsAligned = grid == ResizeGrid.AlignCorners;
        _rows = new BilinearAxis(x.Shape.H, height, grid);
        _columns = new BilinearAxis(x.Shape.W, width, grid);
    }

    /// <summary>Whether the first and last pixels of both images fall on each other.</summary>
    internal bool IsAligned { get; }

    internal override string LayerType => "Upsample";

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        input.Enlarged(Inputs[0].Shape, Output.Shape, pixelsRead: 2);

    internal override void Forward(Run run) =>
        BilinearResize.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), _rows, _columns);

    internal override void Backward(Run run) => BilinearResizeGradient.Run(
        run.Workers, run.Gradient(Output), run.Gradient(Inputs[0]), _rows, _columns, run.Adds(this, 0));
}
