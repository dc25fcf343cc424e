using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's activations, value by value or over one axis.</summary>
internal static class OnnxActivations
{
    private const float SeluAlpha = 1.67326324f;
    private const float SeluGamma = 1.05070102f;
    private const float RootHalf = 0.70710678f;
    private const float LeastProbability = 1e-37f;

    /// <summary>PRelu: max(x, 0) + slope · min(x, 0).</summary>
    public static OnnxMap PRelu(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        if (!call.IsMap(1) && OnnxArithmetic.FindNumber(call.Tensor(1)) is { } slope)
        {
            return x.With(x.Value.Relu(slope));
        }

        OnnxMap below = OnnxArithmetic.Between(x, float.MinValue, 0);
        return OnnxArithmetic.Sum(
            x.With(x.Value.Relu()),
            call.IsMap(1)
                ? OnnxArithmetic.Product(below, call.Read(1))
                : OnnxArithmetic.Scale(call, below, call.Tensor(1)));
    }

    /// <summary>Elu.</summary>
    public static Value Elu(OnnxCall call, Value x) => Elu(x, call.Float("alpha", 1));

    /// <summary>Selu: gamma · ELU.</summary>
    public static Value Selu(OnnxCall call, Value x) =>
        OnnxArithmetic.Affine(Elu(x, call.Float("alpha", SeluAlpha)), call.Float("gamma", SeluGamma), 0);

    /// <summary>Celu: α · ELU(x / α).</summary>
    public static Value Celu(OnnxCall call, Value x)
    {
        float alpha = call.Float("alpha", 1);
        return OnnxArithmetic.Affine(Elu(OnnxArithmetic.Affine(x, 1 / alpha, 0), 1), alpha, 0);
    }

    /// <summary>ThresholdedRelu: x above alpha, else 0.</summary>
    public static Value ThresholdedRelu(OnnxCall call, Value x) =>
        x * Apply(OnnxArithmetic.Affine(x, 1, -call.Float("alpha", 1)), FunctionKind.Step);

    /// <summary>Gelu: x · (1 + erf(x / √2)) / 2, or its approximation by tanh.</summary>
    public static Value Gelu(OnnxCall call, Value x) => call.Text("approximate", "none") == "tanh"
        ? Apply(x, FunctionKind.GeluTanh)
        : x * OnnxArithmetic.Affine(Apply(OnnxArithmetic.Affine(x, RootHalf, 0), FunctionKind.Erf), 0.5f, 0.5f);

    /// <summary>x · sigmoid(alpha · x).</summary>
    public static Value Swish(Value x, float alpha) => x * OnnxArithmetic.Affine(x, alpha, 0).Sigmoid();

    /// <summary>Mish: x · tanh(log(1 + exp x)).</summary>
    public static Value Mish(Value x) =>
        x * Apply(Apply(x, FunctionKind.Softplus), FunctionKind.Tanh);

    /// <summary>Softsign: x / (1 + |x|).</summary>
    public static Value Softsign(Value x) => x * Apply(
        OnnxArithmetic.Affine(Apply(x, FunctionKind.Abs), 1, 1), FunctionKind.Reciprocal);

    /// <summary>HardSigmoid: min(max(alpha · x + beta, 0), 1).</summary>
    public static Value HardSigmoid(OnnxCall call, Value x) =>
        OnnxArithmetic.Affine(x, call.Float("alpha", 0.2f), call.Float("beta", 0.5f)).Clamp(1);

    /// <summary>HardSwish: x · min(max(x / 6 + 1/2, 0), 1).</summary>
    public static Value HardSwish(Value x) => x * OnnxArithmetic.Affine(x, 1f / 6, 0.5f).Clamp(1);

    /// <summary>Softmax; until version 13 the axis and all behind it were one.</summary>
    public static OnnxMap Softmax(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int axis = call.Axis("axis", call.Opset < 13 ? 1 : -1, x.Axes.Rank);
        OnnxMap map = x.WithChannels(call.Opset < 13 ? [.. Enumerable.Range(axis, x.Axes.Rank - axis)] : [axis]);
        return map.With(map.Value.Softmax());
    }

    /// <summary>LogSoftmax.</summary>
    public static OnnxMap LogSoftmax(OnnxCall call) =>
        OnnxArithmetic.Apply(OnnxArithmetic.Between(Softmax(call), LeastProbability, float.MaxValue), FunctionKind.Log);

    /// <summary>ArgMax and ArgMin: the index of the greatest or the least along an axis.</summary>
    public static OnnxMap ArgMaximum(OnnxCall call, bool isLeast)
    {
        OnnxMap x = call.Read(0);
        int axis = call.Axis("axis", 0, x.Axes.Rank);
        OnnxMap map = (isLeast ? OnnxArithmetic.Negate(x) : x).WithChannels(axis);
        OnnxMap index = map.Resized(
            new ChannelMaximum(map.Value, givesIndex: true, call.Integer("select_last_index", 0) != 0).Output, axis, 1);
        return call.Integer("keepdims", 1) != 0
            ? index
            : index.Permute(Enumerable.Range(0, x.Axes.Rank).Where(i => i != axis));
    }

    private static Value Elu(Value x, float alpha) => new Function(x, FunctionKind.Elu, alpha).Output;

    private static Value Apply(Value x, FunctionKind kind) => new Function(x, kind).Output;
}
