namespace UNetSharp.Graph.Operations;

/// <summary>
/// Batch norm of each channel (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167):
/// y = (x − mean) / √(variance + eps) · weight + bias, with the batch's statistics in training and the running ones in
/// evaluation. Training moves the running statistics by the momentum towards the batch's mean and unbiased variance.
/// </summary>
public sealed class BatchNorm : Operation
{
    internal BatchNorm(Value x, BatchNormParameters parameters)
        : base(x.Shape, [x], parameters.All) => Arrays = parameters;

    /// <summary>What is added to the variance.</summary>
    public float Epsilon => Arrays.Epsilon;

    /// <inheritdoc/>
    public override string LayerType => "BatchNorm2d";

    /// <summary>The parameters, by what they are for.</summary>
    internal BatchNormParameters Arrays { get; }
}

/// <summary>The parameters of a batch norm, each with one value a channel, and its constants.</summary>
internal sealed record BatchNormParameters(
    Parameter Weight,
    Parameter Bias,
    Parameter RunningMean,
    Parameter RunningVariance,
    Parameter StepCount,
    float Momentum,
    float Epsilon)
{
    /// <summary>All parameters in PyTorch's order.</summary>
    public Parameter[] All => [Weight, Bias, RunningMean, RunningVariance, StepCount];
}
