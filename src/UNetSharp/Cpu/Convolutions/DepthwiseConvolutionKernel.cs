using UNetSharp.Cpu.Normalization;
using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>Kernel of <see cref="DepthwiseConvolution"/>; weights are turned so that channels lie together.</summary>
internal sealed unsafe class DepthwiseConvolutionKernel(DepthwiseConvolution convolution) : Kernel(convolution)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override long PreparedFloats => (Taps + 1L) * Channels;

    private int Taps => convolution.Rows.Kernel * convolution.Columns.Kernel;

    private int Channels => Output.Shape.C;

    /// <inheritdoc/>
    public override long BackwardScratchFloats(int threads) =>
        Math.Max((long)Taps * Channels, ChannelSums.ScratchFloats((int)Output.Shape.Pixels, Channels));

    /// <inheritdoc/>
    public override void Prepare(KernelContext context)
    {
        float* prepared = context.Prepared;
        Transpose(context.Values(convolution.Weight), prepared, Channels, Taps);
        Span<float> bias = new(prepared + (Taps * Channels), Channels);
        bias.Clear();
        if (convolution.Bias is { } own)
        {
            new ReadOnlySpan<float>(context.Values(own), Channels).CopyTo(bias);
        }
    }

    /// <inheritdoc/>
    public override void Forward(KernelContext context) => DepthwiseForward.Execute(
        context.Workers,
        context.Input(0),
        context.Output,
        convolution.Rows,
        convolution.Columns,
        weights: context.Prepared,
        bias: context.Prepared + (Taps * Channels));

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        float* scratch = context.BackwardScratch;
        if (convolution.Bias is { } bias)
        {
            ChannelSums.Compute(context.Workers, dy, context.Gradients(bias), scratch);
        }

        DepthwiseBackward.ComputeWeightGradient(
            context.Workers, context.Input(0), dy, convolution.Rows, convolution.Columns, scratch);
        Transpose(scratch, context.Gradients(convolution.Weight), Taps, Channels);
        if (context.NeedsGradient(0))
        {
            Transpose(context.Values(convolution.Weight), scratch, Channels, Taps);
            DepthwiseBackward.ComputeInputGradient(
                context.Workers,
                dy,
                context.InputGradient(0),
                convolution.Rows,
                convolution.Columns,
                scratch,
                context.Accumulates(0));
        }
    }

    /// <summary>Rows become columns.</summary>
    private static void Transpose(float* from, float* to, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                to[((long)column * rows) + row] = from[((long)row * columns) + column];
            }
        }
    }
}
