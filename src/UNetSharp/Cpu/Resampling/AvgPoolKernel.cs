using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="AvgPool"/>.</summary>
internal sealed class AvgPoolKernel(AvgPool pool) : Kernel(pool)
{
    /// <inheritdoc/>
    public override void Forward(KernelContext context) => AvgPoolForward.Execute(
        context.Workers, context.Input(0), context.Output, pool.Rows, pool.Columns, pool.CountIncludePad);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => AvgPoolBackward.Execute(
        context.Workers,
        context.OutputGradient,
        context.InputGradient(0),
        pool.Rows,
        pool.Columns,
        pool.CountIncludePad,
        context.Accumulates(0));
}
