using UNetSharp.Graph;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations on maps (https://onnx.ai/onnx/operators) as operations of a graph.</summary>
internal static class OnnxMapOperations
{
    private static readonly Dictionary<string, Func<OnnxCall, Value>> ByName = new()
    {
        ["Conv"] = OnnxFilterOperations.Convolve,
        ["ConvTranspose"] = OnnxFilterOperations.ConvolveTransposed,
        ["BatchNormalization"] = OnnxFilterOperations.Normalize,
        ["MaxPool"] = OnnxPoolOperations.Max,
        ["AveragePool"] = OnnxPoolOperations.Average,
        ["GlobalAveragePool"] = call => OnnxPoolOperations.GlobalMean(call.Map(0)),
        ["ReduceMean"] = OnnxPoolOperations.Mean,
        ["Relu"] = call => call.Map(0).Relu(),
        ["LeakyRelu"] = call => call.Map(0).Relu(call.Float("alpha", 0.01f)),
        ["Sigmoid"] = call => call.Map(0).Sigmoid(),
        ["Softmax"] = Softmax,
        ["Clip"] = OnnxArithmetic.Clip,
        ["HardSigmoid"] = OnnxArithmetic.HardSigmoid,
        ["HardSwish"] = OnnxArithmetic.HardSwish,
        ["Add"] = OnnxArithmetic.Add,
        ["Sub"] = OnnxArithmetic.Subtract,
        ["Mul"] = OnnxArithmetic.Multiply,
        ["Div"] = OnnxArithmetic.Divide,
        ["Concat"] = Concat,
        ["Split"] = OnnxSizeOperations.Split,
        ["Slice"] = OnnxSizeOperations.Slice,
        ["Resize"] = OnnxSizeOperations.Resize,
        ["Upsample"] = OnnxSizeOperations.Resize,
        ["Pad"] = OnnxSizeOperations.Pad,
        ["Transpose"] = Transpose,
        ["Identity"] = call => call.Map(0),
        ["Cast"] = call => call.Map(0),
        ["Dropout"] = call => call.Map(0),
    };

    /// <summary>How an operation is computed; null if it is not known.</summary>
    public static Func<OnnxCall, Value>? Find(string name) => ByName.GetValueOrDefault(name);

    private static Value Softmax(OnnxCall call)
    {
        (Value x, AxisOrder order) = call.OrderedMap(0);

        // Until version 13 the axis and all behind it were one.
        long axis = call.Integer("axis", call.Opset < 13 ? 1 : -1);
        return order.IsChannelAxis(axis) && (call.Opset >= 13 || axis is 3 or -1 || x.Shape is { H: 1, W: 1 })
            ? call.WithOrder(x.Softmax(), order)
            : throw call.CreateException($"axis {axis} of version {call.Opset} is not supported");
    }

    private static Value Concat(OnnxCall call) => call.Integer("axis", 1) is 1 or -3
        ? Value.Concat([.. Enumerable.Range(0, call.InputCount).Select(call.Map)])
        : throw call.CreateException($"axis {call.Integer("axis", 1)} is not supported");

    /// <summary>Nothing is moved: the map's axes are known to stand in another order from here on.</summary>
    private static Value Transpose(OnnxCall call)
    {
        (Value x, AxisOrder order) = call.OrderedMap(0);
        return order.Transpose(call.Integers("perm")) is { } turned
            ? call.WithOrder(x, turned)
            : throw call.CreateException("perm must name each of four axes once");
    }
}
