using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="BilinearResize"/>.</summary>
internal sealed class BilinearResizeKernel(BilinearResize resize) : Kernel(resize)
{
    private readonly BilinearAxis _rows = new(resize.Inputs[0].Shape.H, resize.Output.Shape.H, resize.Grid);
    private readonly BilinearAxis _columns = new(resize.Inputs[0].Shape.W, resize.Output.Shape.W, resize.Grid);

    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        BilinearResizeForward.Execute(context.Workers, context.Input(0), context.Output, _rows, _columns);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => BilinearResizeBackward.Execute(
        context.Workers,
        context.OutputGradient,
        context.InputGradient(0),
        _rows,
        _columns,
        context.Accumulates(0));
}
