using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Models.Layers;

/// <summary>
/// 2-D convolution with PyTorch's arguments and starting values: <c>weight</c> (outC, inC, kernel, kernel) and, unless
/// it has none, <c>bias</c> (outC). (N, inC, H, W) → (N, outC, H′, W′).
/// </summary>
public sealed class Conv2d : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Axis _axis;

    /// <summary>Creates the layer.</summary>
    public Conv2d(
        int inC, int outC, int kernel, int stride = 1, int padding = 0, int dilation = 1, bool hasBias = true)
    {
        _axis = new Axis(kernel, stride, padding, dilation);
        int fanIn = inC * kernel * kernel;
        _weight = AddParameter(
            "weight", [outC, inC, kernel, kernel], ParameterKind.Trained, Initializers.UniformByFanIn(fanIn));
        _bias = hasBias
            ? AddParameter("bias", [outC], ParameterKind.Trained, Initializers.UniformByFanIn(fanIn))
            : null;
    }

    /// <summary>Applies the layer.</summary>
    public Value Forward(Value x) => new Convolution(x, _weight, _bias, _axis, _axis).Output;
}
