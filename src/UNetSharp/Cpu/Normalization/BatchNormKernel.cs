using UNetSharp.Cpu.Convolutions;
using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// Kernel of <see cref="BatchNorm"/> in training, with the batch's statistics. A ReLU that follows is computed in the
/// same pass, and a convolution before it may have computed the statistics.
/// </summary>
internal sealed unsafe class BatchNormKernel(BatchNorm norm, Relu? relu, FilterKernel? convolution)
    : Kernel(norm, norm.Inputs, [relu?.Output ?? norm.Output], norm.Parameters)
{
    private readonly float _slope = relu?.NegativeSlope ?? 1;

    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override long SavedFloats => BatchNormBackward.Channels.Floats * Channels;

    private int Channels => Output.Shape.C;

    private int Pixels => (int)Output.Shape.Pixels;

    /// <inheritdoc/>
    public override long ForwardScratchFloats(int threads) =>
        convolution is null ? BatchStatistics.ScratchFloats(Pixels, Channels) : 0;

    /// <inheritdoc/>
    public override long BackwardScratchFloats(int threads) =>
        (3 * Channels) + BatchNormBackward.ScratchFloats(Pixels, Channels);

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        BatchNormBackward.Channels saved = Saved(context);
        if (convolution is null)
        {
            BatchStatistics.Compute(context.Workers, x, saved.Mean, variance: saved.InvStd, context.ForwardScratch);
        }
        else
        {
            BatchStatistics.Compute(
                context.SavedBy(convolution),
                convolution.StatisticsBlocks,
                Channels,
                saved.Mean,
                variance: saved.InvStd);
        }

        UpdateRunningStatistics(context, saved.Mean, variance: saved.InvStd);
        float* weight = context.Values(norm.Arrays.Weight);
        float* bias = context.Values(norm.Arrays.Bias);
        for (int c = 0; c < Channels; c++)
        {
            saved.InvStd[c] = (float)(1 / Math.Sqrt((double)saved.InvStd[c] + norm.Epsilon));
            saved.Scale[c] = saved.InvStd[c] * weight[c];
            saved.Shift[c] = bias[c] - (saved.Mean[c] * saved.Scale[c]);
        }

        ChannelAffine.Execute(context.Workers, x, context.Output, saved.Scale, saved.Shift, _slope);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View x = context.Input(0);
        View dy = context.OutputGradient;
        BatchNormBackward.Channels saved = Saved(context);
        float* weight = context.Values(norm.Arrays.Weight);
        float* dweight = context.Gradients(norm.Arrays.Weight);
        float* dbias = context.Gradients(norm.Arrays.Bias);
        float* a = context.BackwardScratch;
        float* b = a + Channels;
        float* constant = b + Channels;
        BatchNormBackward.ComputeParameterGradients(context.Workers, x, dy, saved, dweight, dbias, constant + Channels);
        if (!context.NeedsGradient(0))
        {
            return;
        }

        for (int c = 0; c < Channels; c++)
        {
            a[c] = weight[c] * saved.InvStd[c];
            b[c] = -a[c] * saved.InvStd[c] * dweight[c] / Pixels;
            constant[c] = -a[c] * dbias[c] / Pixels;
        }

        BatchNormBackward.ComputeInputGradient(
            context.Workers, x, dy, context.InputGradient(0), saved, a, b, constant, context.Accumulates(0));
    }

    private BatchNormBackward.Channels Saved(KernelContext context) => new(context.Saved, Channels, _slope);

    private void UpdateRunningStatistics(KernelContext context, float* mean, float* variance)
    {
        float momentum = norm.Arrays.Momentum;
        float unbiased = (float)((double)Pixels / Math.Max(1, Pixels - 1));
        float* runningMean = context.Values(norm.Arrays.RunningMean);
        float* runningVariance = context.Values(norm.Arrays.RunningVariance);
        for (int c = 0; c < Channels; c++)
        {
            runningMean[c] = ((1 - momentum) * runningMean[c]) + (momentum * mean[c]);
            runningVariance[c] = ((1 - momentum) * runningVariance[c]) + (momentum * variance[c] * unbiased);
        }

        context.Values(norm.Arrays.StepCount)[0]++;
    }
}
