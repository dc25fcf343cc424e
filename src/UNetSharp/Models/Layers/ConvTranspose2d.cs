using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Models.Layers;

/// <summary>
/// 2-D transposed convolution with PyTorch's arguments and starting values: <c>weight</c> (inC, outC, kernel, kernel)
/// and <c>bias</c> (outC). (N, inC, H, W) → (N, outC, H′, W′) with H′ = (H − 1) · stride − 2 · padding + kernel +
/// output padding.
/// </summary>
public sealed class ConvTranspose2d : Module
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Axis _axis;
    private readonly int _outputPadding;

    /// <summary>Creates the layer.</summary>
    public ConvTranspose2d(
        int inC, int outC, int kernel, int stride, int padding = 0, int outputPadding = 0, bool hasBias = true)
    {
        _axis = new Axis(kernel, stride, padding);
        _outputPadding = outputPadding;

        // PyTorch takes the second size of the weight array for the fan-in, which here is the number of outputs.
        int fanIn = outC * kernel * kernel;
        _weight = AddParameter(
            "weight", [inC, outC, kernel, kernel], ParameterKind.Trained, Initializers.UniformByFanIn(fanIn));
        _bias = hasBias
            ? AddParameter("bias", [outC], ParameterKind.Trained, Initializers.UniformByFanIn(fanIn))
            : null;
    }

    /// <summary>Applies the layer.</summary>
    public Value Forward(Value x) => new TransposedConvolution(x, _weight, _bias, _axis, _axis, _outputPadding).Output;
}
