using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// Kernel of <see cref="BatchNorm"/> in evaluation: y = scale · x + shift of each channel, which follow from the
/// running statistics, weight and bias. Backward: dx = scale · dy, as nothing depends on the batch.
/// </summary>
internal sealed unsafe class BatchNormEvaluationKernel(BatchNorm norm) : Kernel(norm)
{
    /// <inheritdoc/>
    public override bool ComputesParameterGradients => false;

    /// <inheritdoc/>
    public override long SavedFloats => 2 * Channels;

    private int Channels => Output.Shape.C;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        float* scale = context.Saved;
        float* shift = scale + Channels;
        for (int c = 0; c < Channels; c++)
        {
            (scale[c], shift[c]) = RunningAffine.Compute(context, norm.Arrays, c);
        }

        ChannelAffine.Execute(context.Workers, context.Input(0), context.Output, scale, shift, slope: 1);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        Row row = new(dy, context.InputGradient(0), context.Saved, context.Accumulates(0));
        context.Workers.Execute(dy.Shape.N * dy.Shape.H, row);
    }

    private readonly struct Row(View dy, View dx, float* scale, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            int width = dy.Shape.W, channels = dy.Channels;
            for (long p = (long)block * width; p < (block + 1L) * width; p++)
            {
                float* from = dy.Pixel(p), to = dx.Pixel(p);
                for (int c = 0; c < channels; c++)
                {
                    float value = scale[c] * from[c];
                    to[c] = adds ? to[c] + value : value;
                }
            }
        }
    }
}
