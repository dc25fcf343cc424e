using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Kernels;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations on maps (https://onnx.ai/onnx/operators) as operations of a graph.</summary>
internal static class OnnxMapOperations
{
    private static readonly Dictionary<string, Func<OnnxCall, Value>> ByName = new()
    {
        ["Conv"] = Convolve,
        ["ConvTranspose"] = ConvolveTransposed,
        ["BatchNormalization"] = Normalize,
        ["Relu"] = call => call.Map(0).Relu(),
        ["LeakyRelu"] = call => call.Map(0).Relu(call.Float("alpha", 0.01f)),
        ["Sigmoid"] = call => call.Map(0).Sigmoid(),
        ["Softmax"] = Softmax,
        ["MaxPool"] = MaxPool,
        ["Concat"] = Concat,
        ["Add"] = Add,
        ["Sub"] = Subtract,
        ["Mul"] = Multiply,
        ["Div"] = Divide,
        ["Resize"] = OnnxSizeOperations.Resize,
        ["Upsample"] = OnnxSizeOperations.Resize,
        ["Pad"] = OnnxSizeOperations.Pad,
        ["Slice"] = OnnxSizeOperations.Slice,
        ["Identity"] = call => call.Map(0),
        ["Cast"] = call => call.Map(0),
        ["Dropout"] = call => call.Map(0),
    };

    /// <summary>How an operation is computed; null if it is not known.</summary>
    public static Func<OnnxCall, Value>? Find(string name) => ByName.GetValueOrDefault(name);

    private static Value Convolve(OnnxCall call)
    {
        Value x = call.Map(0);
        OnnxTensor weight = Filter(call);
        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.Of(call, x.Shape, weight.Dims[2], weight.Dims[3]);
        bool isEven = rows.IsEven && columns.IsEven;
        x = isEven ? x : x.Pad(columns.Before, columns.After, rows.Before, rows.After);
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        return new Convolution(x, call.Parameter(weight), Bias(call, weight.Dims[0]), down, across).Output;
    }

    private static Value ConvolveTransposed(OnnxCall call)
    {
        Value x = call.Map(0);
        OnnxTensor weight = Filter(call);
        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.Of(call, x.Shape, weight.Dims[2], weight.Dims[3]);
        IReadOnlyList<long> more = call.Integers("output_padding") is { Count: 2 } given ? given : [0, 0];
        if (call.Integers("output_shape").Count > 0 || call.Text("auto_pad", "NOTSET") != "NOTSET")
        {
            throw call.Refused("output_shape and auto_pad are not supported");
        }

        if (more[0] < 0 || more[0] >= rows.Axis.Stride || more[1] < 0 || more[1] >= columns.Axis.Stride)
        {
            throw call.Refused("output_padding must be less than the stride");
        }

        // Computed whole and cut to size, where the four sides differ.
        bool isEven = rows.IsEven && columns.IsEven && more[0] == more[1];
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        int most = (int)Math.Max(more[0], more[1]);
        Parameter? bias = Bias(call, weight.Dims[1]);
        Value y = new TransposedConvolution(x, call.Parameter(weight), bias, down, across, most).Output;
        return isEven ? y : y.Pad(
            -columns.Before, -(columns.After + most - (int)more[1]), -rows.Before, -(rows.After + most - (int)more[0]));
    }

    private static Value Normalize(OnnxCall call)
    {
        Value x = call.Map(0);
        call.Require("training_mode", 0);
        return new BatchNormalization(x, new BatchNormParameters(
            Array(1, ParameterKind.Trained),
            Array(2, ParameterKind.Trained),
            Array(3, ParameterKind.Running),
            Array(4, ParameterKind.Running),
            Free([0], ParameterKind.Counter),
            Momentum: 0.1f,
            call.Float("epsilon", 1e-5f))).Output;

        Parameter Array(int index, ParameterKind kind) => call.Parameter(Vector(call, index, x.Shape.C), kind);
    }

    private static Value Softmax(OnnxCall call)
    {
        // Until version 13 the axis and all behind it were one.
        long axis = call.Integer("axis", call.Opset < 13 ? 1 : -1);
        return axis is 1 or -3 && call.Opset >= 13
            ? call.Map(0).Softmax()
            : throw call.Refused($"axis {axis} of version {call.Opset} is not supported");
    }

    private static Value MaxPool(OnnxCall call)
    {
        Value x = call.Map(0);
        if (call.Integers("kernel_shape") is not [>= 1 and <= 256 and var height, >= 1 and <= 256 and var width])
        {
            throw call.Refused("kernel_shape must be two numbers from 1 to 256");
        }

        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.Of(call, x.Shape, (int)height, (int)width);
        return IsInside(rows) && IsInside(columns)
            ? new MaxPooling(x, rows.Axis, columns.Axis, call.Integer("ceil_mode", 0) != 0).Output
            : throw call.Refused("padding that differs on two sides, or of whole windows, is not supported");

        static bool IsInside(OnnxWindow window) => window.IsEven && window.Before < window.Axis.Extent;
    }

    private static Value Concat(OnnxCall call) => call.Integer("axis", 1) is 1 or -3
        ? Value.Concat([.. Enumerable.Range(0, call.InputCount).Select(call.Map)])
        : throw call.Refused($"axis {call.Integer("axis", 1)} is not supported");

    private static Value Add(OnnxCall call) => call switch
    {
        _ when !call.IsMap(0) => Affine(call, call.Map(1), 1, ByChannel(call, 0)),
        _ when !call.IsMap(1) => Affine(call, call.Map(0), 1, ByChannel(call, 1)),
        _ => call.Map(0) + call.Map(1),
    };

    private static Value Subtract(OnnxCall call) => call switch
    {
        _ when !call.IsMap(0) => Affine(call, call.Map(1), -1, ByChannel(call, 0)),
        _ when !call.IsMap(1) => Affine(call, call.Map(0), 1, ByChannel(call, 1, value => -value)),
        _ => call.Map(0) + Affine(call, call.Map(1), -1, [0]),
    };

    private static Value Multiply(OnnxCall call)
    {
        if (!call.IsMap(0) || !call.IsMap(1))
        {
            (int map, int factor) = call.IsMap(0) ? (0, 1) : (1, 0);
            return Scaled(call, call.Map(map), ByChannel(call, factor));
        }

        (Value a, Value b) = (call.Map(0), call.Map(1));
        return b.Shape.C == 1 ? a.Gate(b) : b.Gate(a);
    }

    private static Value Divide(OnnxCall call) => call.IsMap(0) && !call.IsMap(1)
        ? Scaled(call, call.Map(0), ByChannel(call, 1, value => 1 / value))
        : throw call.Refused("division by what depends on the image is not supported");

    private static Value Scaled(OnnxCall call, Value x, float[] scales) =>
        Affine(x, Spread(call, x, scales), new float[x.Shape.C]);

    private static Value Affine(OnnxCall call, Value x, float scale, float[] shifts) =>
        Affine(x, [.. Enumerable.Repeat(scale, x.Shape.C)], Spread(call, x, shifts));

    /// <summary>An affine map of each channel is a batch norm of mean 0 and variance 1.</summary>
    private static Value Affine(Value x, float[] scales, float[] shifts)
    {
        float[] zeros = new float[x.Shape.C];
        float[] ones = [.. Enumerable.Repeat(1f, x.Shape.C)];
        return new BatchNormalization(x, new BatchNormParameters(
            Free(scales),
            Free(shifts),
            Free(zeros),
            Free(ones),
            Free([0], ParameterKind.Counter),
            Momentum: 0,
            Epsilon: 0)).Output;
    }

    private static Parameter Free(float[] values, ParameterKind kind = ParameterKind.Running) =>
        new(null, "constant", [values.Length], kind, (_, to) => values.CopyTo(to));

    /// <summary>One number, or one for each channel.</summary>
    private static float[] ByChannel(OnnxCall call, int index, Func<float, float>? function = null)
    {
        OnnxTensor tensor = call.Tensor(index);
        int[] dims = [1, 1, 1, 1, .. tensor.Dims];
        bool isByChannel = dims[^3] == tensor.Count;
        return isByChannel && tensor.Count > 0
            ? [.. tensor.ToFloats().Select(function ?? (value => value))]
            : throw call.Refused("a constant must be one number, or one for each channel");
    }

    private static float[] Spread(OnnxCall call, Value x, float[] values) =>
        values.Length == x.Shape.C ? values
        : values.Length == 1 ? [.. Enumerable.Repeat(values[0], x.Shape.C)]
        : throw call.Refused($"{values.Length} numbers do not fit {x.Shape.C} channels");

    private static OnnxTensor Filter(OnnxCall call)
    {
        call.Require("group", 1);
        OnnxTensor weight = call.Tensor(1);
        return weight.Dims.Count == 4 && weight.Count > 0
            ? weight
            : throw call.Refused("the weights of two-dimensional filters have four sizes");
    }

    private static Parameter? Bias(OnnxCall call, int count) =>
        call.Has(2) ? call.Parameter(Vector(call, 2, count)) : null;

    private static OnnxTensor Vector(OnnxCall call, int index, int count) =>
        call.Tensor(index) is { Dims.Count: 1 } vector && vector.Count == count
            ? vector
            : throw call.Refused($"input {index} must hold {count} numbers");
}
