using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's normalisations: y = scale · (x − mean) / √(variance + ε) + bias over some axes.</summary>
internal static class OnnxNormalizations
{
    private const float Epsilon = 1e-5f;

    /// <summary>BatchNormalization with running statistics.</summary>
    public static OnnxMap Batch(OnnxCall call)
    {
        call.RequireValue("training_mode", 0);
        OnnxMap x = call.Read(0).WithChannels(1);
        return x.With(new BatchNorm(x.Value, new BatchNormParameters(
            Array(1, ParameterKind.Trained),
            Array(2, ParameterKind.Trained),
            Array(3, ParameterKind.Running),
            Array(4, ParameterKind.Running),
            OnnxCall.Constant([1], [0]),
            Momentum: 0.1f,
            call.Float("epsilon", Epsilon))).Output);

        Parameter Array(int index, ParameterKind kind) => call.Parameter(call.Vector(index, x.Value.Shape.C), kind);
    }

    /// <summary>InstanceNormalization: of each channel by itself.</summary>
    public static OnnxMap Instance(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        OnnxMap normal = Normalize(x, [.. Enumerable.Range(2, x.Axes.Rank - 2)], call.Float("epsilon", Epsilon));
        return Affine(call, normal, [x.Dims[1], .. Ones(x.Axes.Rank - 2)]);
    }

    /// <summary>LayerNormalization: from an axis to the last one.</summary>
    public static OnnxMap Layer(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int first = call.Axis("axis", -1, x.Axes.Rank);
        OnnxMap normal = Normalize(
            x, [.. Enumerable.Range(first, x.Axes.Rank - first)], call.Float("epsilon", Epsilon));
        return Affine(call, normal, null);
    }

    /// <summary>GroupNormalization: scales for each group, from version 21 on for each channel.</summary>
    public static OnnxMap Group(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int groups = (int)Math.Clamp(call.Integer("num_groups", 0), 1, x.Dims[1]);
        int[] spatial = [.. x.Dims.Skip(2)];
        OnnxMap grouped = x.Reshape([1, groups, x.Dims[1] / groups, .. spatial]);
        OnnxMap normal = Normalize(
            grouped, [.. Enumerable.Range(2, spatial.Length + 1)], call.Float("epsilon", Epsilon));
        bool isByGroup = call.Tensor(1).Count == groups && groups != x.Dims[1];
        return isByGroup
            ? Affine(call, normal, [groups, .. Ones(spatial.Length + 1)]).Reshape(x.Dims)
            : Affine(call, normal.Reshape(x.Dims), [x.Dims[1], .. Ones(spatial.Length)]);
    }

    /// <summary>LpNormalization: x / ‖x‖ along an axis.</summary>
    public static OnnxMap Length(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int[] axes = [call.Axis("axis", -1, x.Axes.Rank)];
        OnnxMap length = call.Integer("p", 2) == 1
            ? OnnxReductions.SumOfSizes(x, axes)
            : OnnxReductions.Length(x, axes);
        return OnnxArithmetic.Product(x, OnnxArithmetic.Apply(length, FunctionKind.Reciprocal));
    }

    /// <summary>MeanVarianceNormalization.</summary>
    public static OnnxMap MeanVariance(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        return Normalize(x, call.Axes(int.MaxValue, "axes", x.Axes.Rank) ?? [0, 2, 3], 1e-9f);
    }

    /// <summary>
    /// LRN: x / (bias + alpha / size · Σ x²)^beta, over so many channels around each (Krizhevsky et al. 2012).
    /// </summary>
    public static OnnxMap LocalResponse(OnnxCall call)
    {
        OnnxMap x = call.Read(0).WithChannels(1);
        int channels = x.Value.Shape.C;
        int size = (int)Math.Clamp(call.Integer("size", 1), 1, channels * 2L);
        float[] window = new float[channels * channels];
        for (int c = 0; c < channels; c++)
        {
            for (int k = Math.Max(0, c - ((size - 1) / 2)); k <= Math.Min(channels - 1, c + (size / 2)); k++)
            {
                window[(c * channels) + k] = call.Float("alpha", 1e-4f) / size;
            }
        }

        Value sums = new Convolution(
            x.Value * x.Value,
            OnnxCall.Constant([channels, channels, 1, 1], window),
            OnnxCall.Constant([channels], [.. Enumerable.Repeat(call.Float("bias", 1), channels)]),
            new Axis(1),
            new Axis(1)).Output;
        return x.With(x.Value * new Function(sums, FunctionKind.Power, -call.Float("beta", 0.75f)).Output);
    }

    private static OnnxMap Normalize(OnnxMap x, int[] axes, float epsilon)
    {
        OnnxMap centred = OnnxArithmetic.Difference(x, OnnxReductions.Mean(x, axes));
        OnnxMap variance = OnnxReductions.Mean(OnnxArithmetic.Product(centred, centred), axes);
        Value scale = new Function(
            OnnxArithmetic.Affine(variance.Value, 1, epsilon), FunctionKind.Power, -0.5f).Output;
        return OnnxArithmetic.Product(centred, variance.With(scale));
    }

    private static OnnxMap Affine(OnnxCall call, OnnxMap x, int[]? dims)
    {
        OnnxMap scaled = call.HasInput(1) ? OnnxArithmetic.Scale(call, x, WithDims(call.Tensor(1))) : x;
        return call.HasInput(2) ? OnnxArithmetic.Shift(call, scaled, WithDims(call.Tensor(2))) : scaled;

        OnnxTensor WithDims(OnnxTensor tensor) =>
            dims is null || tensor.Count == 1 ? tensor
            : dims[0] == tensor.Count ? tensor with { Dims = dims }
            : throw call.CreateException($"{tensor.Count} numbers do not fit {dims[0]} channels or groups");
    }

    private static IEnumerable<int> Ones(int count) => Enumerable.Repeat(1, count);
}
