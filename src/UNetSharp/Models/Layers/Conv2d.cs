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
        : this(
            inC,
            outC,
            new Axis(kernel, stride, padding, dilation),
            Initializers.UniformByFanIn(inC * kernel * kernel),
            hasBias ? Initializers.UniformByFanIn(inC * kernel * kernel) : null)
    {
    }

    private Conv2d(
        int inC, int outC, Axis axis, Action<Random, Span<float>> weights, Action<Random, Span<float>>? biases)
    {
        _axis = axis;
        _weight = AddParameter("weight", [outC, inC, axis.Kernel, axis.Kernel], ParameterKind.Trained, weights);
        _bias = biases is null ? null : AddParameter("bias", [outC], ParameterKind.Trained, biases);
    }

    /// <summary>
    /// The layer that gives the scores of each class. It starts undecided, with filters whose weights add up to 0 and
    /// biases of 0, so that no class has all pixels.
    /// </summary>
    public static Conv2d ForScores(int inC, int classes, int kernel = 1, int padding = 0) => new(
        inC,
        classes,
        new Axis(kernel, Padding: padding),
        Initializers.CenteredByFanIn(inC * kernel * kernel),
        Initializers.Zero);

    /// <summary>Applies the layer.</summary>
    public Value Forward(Value x) => new Convolution(x, _weight, _bias, _axis, _axis).Output;
}
