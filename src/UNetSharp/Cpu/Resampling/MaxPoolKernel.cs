using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Resampling;

/// <summary>Kernel of <see cref="MaxPool"/>.</summary>
internal sealed class MaxPoolKernel(MaxPool pool) : Kernel(pool)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context) =>
        MaxPoolForward.Execute(context.Workers, context.Input(0), context.Output, pool.Rows, pool.Columns);

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => MaxPoolBackward.Execute(
        context.Workers,
        context.Input(0),
        context.Output,
        context.OutputGradient,
        context.InputGradient(0),
        pool.Rows,
        pool.Columns,
        context.Accumulates(0));
}
