using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations with trained filters and scales.</summary>
internal static class OnnxFilterOperations
{
    // Each is a convolution of its own.
    private const int MaxGroups = 4096;

    /// <summary>Conv, also in groups of channels.</summary>
    public static Value Convolve(OnnxCall call)
    {
        Value x = call.Map(0);
        OnnxTensor weight = Filter(call);
        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.FromCall(call, x.Shape, weight.Dims[2], weight.Dims[3]);
        bool isEven = rows.IsSymmetric && columns.IsSymmetric;
        x = isEven ? x : x.Pad(columns.Before, columns.After, rows.Before, rows.After);
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        int count = weight.Dims[0];
        long groups = call.Integer("group", 1);
        if (groups < 1 || x.Shape.C % groups != 0 || count % groups != 0)
        {
            throw call.CreateException($"{groups} groups do not fit {x.Shape.C} channels and {count} filters");
        }

        return groups == 1 ? new Convolution(x, call.Parameter(weight), Bias(call, count), down, across).Output
            : groups == x.Shape.C && groups == count
                ? new DepthwiseConvolution(x, call.Parameter(weight), Bias(call, count), down, across).Output
            : groups <= MaxGroups ? ConvolveInGroups(call, x, (int)groups, down, across)
            : throw call.CreateException($"{groups} groups are more than {MaxGroups}");
    }

    /// <summary>ConvTranspose.</summary>
    public static Value ConvolveTransposed(OnnxCall call)
    {
        Value x = call.Map(0);
        OnnxTensor weight = Filter(call);
        call.RequireValue("group", 1);
        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.FromCall(call, x.Shape, weight.Dims[2], weight.Dims[3]);
        IReadOnlyList<long> more = call.Integers("output_padding") is { Count: 2 } given ? given : [0, 0];
        if (call.Integers("output_shape").Count > 0 || call.Text("auto_pad", "NOTSET") != "NOTSET")
        {
            throw call.CreateException("output_shape and auto_pad are not supported");
        }

        if (more[0] < 0 || more[0] >= rows.Axis.Stride || more[1] < 0 || more[1] >= columns.Axis.Stride)
        {
            throw call.CreateException("output_padding must be less than the stride");
        }

        // Computed whole and cut to size, where the four sides differ.
        bool isEven = rows.IsSymmetric && columns.IsSymmetric && more[0] == more[1];
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        int max = (int)Math.Max(more[0], more[1]);
        Parameter? bias = Bias(call, weight.Dims[1]);
        Value y = new TransposedConvolution(x, call.Parameter(weight), bias, down, across, max).Output;
        return isEven ? y : y.Pad(
            -columns.Before, -(columns.After + max - (int)more[1]), -rows.Before, -(rows.After + max - (int)more[0]));
    }

    /// <summary>BatchNorm with running statistics.</summary>
    public static Value Normalize(OnnxCall call)
    {
        Value x = call.Map(0);
        call.RequireValue("training_mode", 0);
        return new BatchNorm(x, new BatchNormParameters(
            Array(1, ParameterKind.Trained),
            Array(2, ParameterKind.Trained),
            Array(3, ParameterKind.Running),
            Array(4, ParameterKind.Running),
            OnnxCall.Constant([1], [0]),
            Momentum: 0.1f,
            call.Float("epsilon", 1e-5f))).Output;

        Parameter Array(int index, ParameterKind kind) => call.Parameter(Vector(call, index, x.Shape.C), kind);
    }

    /// <summary>Each group of channels with its own filters, one beside the other.</summary>
    private static Value ConvolveInGroups(OnnxCall call, Value x, int groups, Axis down, Axis across)
    {
        OnnxTensor weight = call.Tensor(1);
        int[] dims = [weight.Dims[0] / groups, .. weight.Dims.Skip(1)];
        int channels = x.Shape.C / groups;
        float[][] filters = SplitGroups(weight, groups);
        float[][]? biases = call.HasInput(2) ? SplitGroups(Vector(call, 2, weight.Dims[0]), groups) : null;
        return filters.Concat(biases ?? []).All(part => part.All(float.IsFinite))
            ? Value.Concat([.. Enumerable.Range(0, groups).Select(Group)])
            : throw call.CreateException("its weights hold values that are not finite numbers (NaN or infinity)");

        Value Group(int g) => new Convolution(
            x.SliceChannels(g * channels, channels),
            OnnxCall.Constant(dims, filters[g]),
            biases is null ? null : OnnxCall.Constant([dims[0]], biases[g]),
            down,
            across).Output;
    }

    private static float[][] SplitGroups(OnnxTensor tensor, int count) =>
        [.. tensor.ToFloats().Chunk(tensor.Count / count)];

    private static OnnxTensor Filter(OnnxCall call)
    {
        OnnxTensor weight = call.Tensor(1);
        return weight.Dims.Count == 4 && weight.Count > 0
            ? weight
            : throw call.CreateException("the weights of two-dimensional filters have four sizes");
    }

    private static Parameter? Bias(OnnxCall call, int count) =>
        call.HasInput(2) ? call.Parameter(Vector(call, 2, count)) : null;

    private static OnnxTensor Vector(OnnxCall call, int index, int count) =>
        call.Tensor(index) is { Dims.Count: 1 } vector && vector.Count == count
            ? vector
            : throw call.CreateException($"input {index} must hold {count} numbers");
}
