using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="NearestResize"/> and <see cref="ReflectPad"/>.</summary>
internal sealed class PixelCopyKernel(PixelCopy copy) : Kernel(copy)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        PixelCopyForward.Execute(context.Workers, context.Input(0), context.Output, copy.Rows, copy.Columns);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => PixelCopyBackward.Execute(
        context.Workers,
        context.OutputGradient,
        context.InputGradient(0),
        copy.Rows,
        copy.Columns,
        context.Accumulates(0));
}
