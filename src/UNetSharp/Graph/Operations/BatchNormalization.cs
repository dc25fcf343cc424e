using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Normalization;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Batch norm of each channel (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167):
/// y = (x − mean) / √(variance + eps) · weight + bias, with the batch's statistics in training and the running ones in
/// evaluation (<see cref="FixedNormalization"/>). Training moves the running statistics by the momentum towards the
/// batch's mean and unbiased variance. A rectifier that follows in training is computed in the same pass.
/// </summary>
public sealed unsafe class BatchNormalization : Operation
{
    private readonly BatchNormParameters _parameters;
    private readonly float _slope;
    private readonly FilterOperation? _teller;

    internal BatchNormalization(Value x, BatchNormParameters parameters)
        : base(x.Shape, [x], parameters.All)
    {
        _parameters = parameters;
        _slope = 1;
    }

    private BatchNormalization(BatchNormalization norm, Rectifier? rectifier, FilterOperation? teller)
        : base(rectifier?.Output ?? norm.Output, norm.Inputs, norm.Parameters)
    {
        _parameters = norm._parameters;
        _slope = rectifier?.Slope ?? 1;
        _teller = teller;
    }

    /// <summary>What is added to the variance.</summary>
    internal float Epsilon => _parameters.Epsilon;

    internal override string LayerType => "BatchNorm2d";

    internal override bool BackwardReadsInputs => true;

    internal override long SavedFloats => BatchNormGradient.Channels.Floats * Channels;

    private int Channels => Output.Shape.C;

    private int Pixels => (int)Output.Shape.Pixels;

    internal override Operation InEvaluation() => new FixedNormalization(this);

    /// <summary>This operation as a training plan runs it.</summary>
    /// <param name="rectifier">The rectifier behind it, as one with it.</param>
    /// <param name="teller">The convolution before it, where that tells the statistics.</param>
    internal BatchNormalization Planned(Rectifier? rectifier, FilterOperation? teller) => new(this, rectifier, teller);

    /// <summary>Scale and shift of a channel by the running statistics.</summary>
    internal (float Scale, float Shift) RunningAffine(int c)
    {
        double invStd = 1 / Math.Sqrt((double)_parameters.RunningVariance.Data[c] + _parameters.Epsilon);
        double scale = invStd * _parameters.Weight.Data[c];
        return ((float)scale, (float)(_parameters.Bias.Data[c] - (scale * _parameters.RunningMean.Data[c])));
    }

    internal override long ForwardScratch(int workers) =>
        _teller is null ? BatchStatistics.ScratchFloats(Pixels, Channels) : 0;

    internal override long BackwardScratch(int workers) =>
        (3 * Channels) + BatchNormGradient.ScratchFloats(Pixels, Channels);

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        BatchNormGradient.Channels saved = Saved(run);
        if (_teller is null)
        {
            BatchStatistics.Of(run.Workers, x, saved.Mean, variance: saved.InvStd, run.ForwardScratch(this));
        }
        else
        {
            BatchStatistics.Of(
                run.Saved(_teller), _teller.StatisticsBlocks, Channels, saved.Mean, variance: saved.InvStd);
        }

        MoveRunningStatistics(saved.Mean, variance: saved.InvStd);
        for (int c = 0; c < Channels; c++)
        {
            saved.InvStd[c] = (float)(1 / Math.Sqrt((double)saved.InvStd[c] + _parameters.Epsilon));
            saved.Scale[c] = saved.InvStd[c] * _parameters.Weight.Data[c];
            saved.Shift[c] = _parameters.Bias.Data[c] - (saved.Mean[c] * saved.Scale[c]);
        }

        ChannelAffine.Run(run.Workers, x, run.Data(Output), saved.Scale, saved.Shift, _slope);
    }

    internal override void Backward(Run run)
    {
        View x = run.Data(Inputs[0]);
        View dy = run.Gradient(Output);
        BatchNormGradient.Channels saved = Saved(run);
        float* dweight = _parameters.Weight.GradientPointer;
        float* dbias = _parameters.Bias.GradientPointer;
        float* a = run.BackwardScratch(this);
        float* b = a + Channels;
        float* constant = b + Channels;
        BatchNormGradient.Sums(run.Workers, x, dy, saved, dweight, dbias, constant + Channels);
        if (!run.Wants(Inputs[0]))
        {
            return;
        }

        for (int c = 0; c < Channels; c++)
        {
            a[c] = _parameters.Weight.Data[c] * saved.InvStd[c];
            b[c] = -a[c] * saved.InvStd[c] * dweight[c] / Pixels;
            constant[c] = -a[c] * dbias[c] / Pixels;
        }

        BatchNormGradient.Input(
            run.Workers, x, dy, run.Gradient(Inputs[0]), saved, a, b, constant, run.Adds(this, 0));
    }

    private BatchNormGradient.Channels Saved(Run run) => new(run.Saved(this), Channels, _slope);

    private void MoveRunningStatistics(float* mean, float* variance)
    {
        float momentum = _parameters.Momentum;
        float unbiased = (float)((double)Pixels / Math.Max(1, Pixels - 1));
        Span<float> runningMean = _parameters.RunningMean.Data;
        Span<float> runningVariance = _parameters.RunningVariance.Data;
        for (int c = 0; c < Channels; c++)
        {
            runningMean[c] = ((1 - momentum) * runningMean[c]) + (momentum * mean[c]);
            runningVariance[c] = ((1 - momentum) * runningVariance[c]) + (momentum * variance[c] * unbiased);
        }

        _parameters.StepCount.Data[0]++;
    }
}

/// <summary>The arrays of a batch norm, each with one value a channel, and its constants.</summary>
internal sealed record BatchNormParameters(
    Parameter Weight,
    Parameter Bias,
    Parameter RunningMean,
    Parameter RunningVariance,
    Parameter StepCount,
    float Momentum,
    float Epsilon)
{
    /// <summary>All arrays in PyTorch's order.</summary>
    public Parameter[] All => [Weight, Bias, RunningMean, RunningVariance, StepCount];
}
