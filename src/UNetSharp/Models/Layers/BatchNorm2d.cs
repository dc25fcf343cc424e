using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Models.Layers;

/// <summary>
/// Batch norm of each channel with PyTorch's names, starting values and constants: <c>weight</c>, <c>bias</c>,
/// <c>running_mean</c>, <c>running_var</c> (C) and <c>num_batches_tracked</c>. (N, C, H, W) → the same shape.
/// </summary>
public sealed class BatchNorm2d : Module
{
    private readonly BatchNormParameters _parameters;

    /// <summary>Creates the layer.</summary>
    public BatchNorm2d(int channels, float momentum = 0.1f, float epsilon = 1e-5f)
    {
        _parameters = new BatchNormParameters(
            AddParameter("weight", [channels], ParameterKind.Trained, Initializers.One),
            AddParameter("bias", [channels], ParameterKind.Trained, Initializers.Zero),
            AddParameter("running_mean", [channels], ParameterKind.Running, Initializers.Zero),
            AddParameter("running_var", [channels], ParameterKind.Running, Initializers.One),
            AddParameter("num_batches_tracked", [], ParameterKind.Counter, Initializers.Zero),
            momentum,
            epsilon);
    }

    /// <summary>Applies the layer.</summary>
    public Value Forward(Value x) => new BatchNorm(x, _parameters).Output;
}
