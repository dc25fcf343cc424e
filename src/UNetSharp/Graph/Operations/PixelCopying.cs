using UNetSharp.Execution;
using UNetSharp.Kernels.Resampling;

namespace UNetSharp.Graph.Operations;

/// <summary>An operation whose result pixels are copies of source pixels.</summary>
public abstract class PixelCopying : Operation
{
    private readonly SourceAxis _rows;
    private readonly SourceAxis _columns;

    private protected PixelCopying(Value x, int height, int width, SourceAxis rows, SourceAxis columns)
        : base(x.Shape with { H = height, W = width }, [x]) => (_rows, _columns) = (rows, columns);

    internal override void Forward(Run run) =>
        PixelGather.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output), _rows, _columns);

    internal override void Backward(Run run) => PixelGatherGradient.Run(
        run.Workers, run.Gradient(Output), run.Gradient(Inputs[0]), _rows, _columns, run.Adds(this, 0));
}
