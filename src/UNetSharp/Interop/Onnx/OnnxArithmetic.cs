using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's arithmetic of maps: with one another, with a number, or with one for each channel. A map of one pixel counts
/// for every pixel of another one.
/// </summary>
internal static class OnnxArithmetic
{
    /// <summary>Add.</summary>
    public static Value Add(OnnxCall call)
    {
        if (!call.IsMap(0) || !call.IsMap(1))
        {
            (int map, int shift) = call.IsMap(0) ? (0, 1) : (1, 0);
            return Affine(call, call.Map(map), 1, GetPerChannel(call, shift));
        }

        (Value a, Value b) = Broadcast(call.Map(0), call.Map(1));
        return a + b;
    }

    /// <summary>Sub.</summary>
    public static Value Subtract(OnnxCall call)
    {
        if (!call.IsMap(0))
        {
            return Affine(call, call.Map(1), -1, GetPerChannel(call, 0));
        }

        if (!call.IsMap(1))
        {
            return Affine(call, call.Map(0), 1, GetPerChannel(call, 1, value => -value));
        }

        (Value a, Value b) = Broadcast(call.Map(0), call.Map(1));
        return a + Affine(call, b, -1, [0]);
    }

    /// <summary>Mul.</summary>
    public static Value Multiply(OnnxCall call)
    {
        if (!call.IsMap(0) || !call.IsMap(1))
        {
            (int map, int factor) = call.IsMap(0) ? (0, 1) : (1, 0);
            return Scale(call, call.Map(map), GetPerChannel(call, factor));
        }

        (Value a, Value b) = Broadcast(call.Map(0), call.Map(1));
        return b.Shape.C == 1 ? a.Gate(b) : a.Shape.C == 1 ? b.Gate(a) : a * b;
    }

    /// <summary>Div, by constants.</summary>
    public static Value Divide(OnnxCall call) => call.IsMap(0) && !call.IsMap(1)
        ? Scale(call, call.Map(0), GetPerChannel(call, 1, value => 1 / value))
        : throw call.CreateException("division by what depends on the image is not supported");

    /// <summary>Clip, ReLU6 among it.</summary>
    public static Value Clip(OnnxCall call)
    {
        Value x = call.Map(0);
        (float min, float max) = (GetBound(call, 1, "min", float.MinValue), GetBound(call, 2, "max", float.MaxValue));
        bool hasMax = max < float.MaxValue;
        if (min <= float.MinValue)
        {
            return hasMax ? Affine(call, Affine(call, x, -1, [max]).Relu(), -1, [max]) : x;
        }

        Value above = min == 0 ? x : Affine(call, x, 1, [-min]);
        Value clipped = hasMax ? above.Clamp(Math.Max(0, max - min)) : above.Relu();
        return min == 0 ? clipped : Affine(call, clipped, 1, [min]);
    }

    /// <summary>HardSigmoid: min(max(alpha · x + beta, 0), 1).</summary>
    public static Value HardSigmoid(OnnxCall call) =>
        Affine(call, call.Map(0), call.Float("alpha", 0.2f), [call.Float("beta", 0.5f)]).Clamp(1);

    /// <summary>HardSwish: x · min(max(x / 6 + 1/2, 0), 1).</summary>
    public static Value HardSwish(OnnxCall call) => call.Map(0) * Affine(call, call.Map(0), 1f / 6, [0.5f]).Clamp(1);

    private static float GetBound(OnnxCall call, int index, string name, float defaultValue) => !call.HasInput(index)
        ? call.Float(name, defaultValue)
        : call.Numbers(index) is [var number] ? (float)number
        : throw call.CreateException("a bound must be one number");

    private static (Value A, Value B) Broadcast(Value a, Value b) => (Broadcast(a, b.Shape), Broadcast(b, a.Shape));

    private static Value Broadcast(Value x, Tensors.Shape over) =>
        x.Shape is { H: 1, W: 1 } ? x.ResizeNearest(over.H, over.W) : x;

    private static Value Scale(OnnxCall call, Value x, float[] scales) =>
        Affine(call, x, CreateConstant(x, BroadcastPerChannel(call, x, scales)), call.Fill(x.Shape.C, 0));

    /// <summary>A number times a map, and another one more.</summary>
    public static Value Affine(Value x, float scale, float shift) => new BatchNorm(x, new BatchNormParameters(
        OnnxCall.Constant([x.Shape.C], [.. Enumerable.Repeat(scale, x.Shape.C)]),
        OnnxCall.Constant([x.Shape.C], [.. Enumerable.Repeat(shift, x.Shape.C)]),
        OnnxCall.Constant([x.Shape.C], new float[x.Shape.C]),
        OnnxCall.Constant([x.Shape.C], [.. Enumerable.Repeat(1f, x.Shape.C)]),
        OnnxCall.Constant([1], [0]),
        Momentum: 0,
        Epsilon: 0)).Output;

    private static Value Affine(OnnxCall call, Value x, float scale, float[] shifts) =>
        Affine(call, x, call.Fill(x.Shape.C, scale), CreateConstant(x, BroadcastPerChannel(call, x, shifts)));

    /// <summary>An affine map of each channel is a batch norm of mean 0 and variance 1.</summary>
    private static Value Affine(OnnxCall call, Value x, Parameter scales, Parameter shifts) =>
        new BatchNorm(x, new BatchNormParameters(
            scales,
            shifts,
            call.Fill(x.Shape.C, 0),
            call.Fill(x.Shape.C, 1),
            call.Fill(1, 0),
            Momentum: 0,
            Epsilon: 0)).Output;

    private static Parameter CreateConstant(Value x, float[] values) => OnnxCall.Constant([x.Shape.C], values);

    /// <summary>One number, or one for each channel.</summary>
    private static float[] GetPerChannel(OnnxCall call, int index, Func<float, float>? function = null)
    {
        OnnxTensor tensor = call.Tensor(index);
        int[] dims = [1, 1, 1, 1, .. tensor.Dims];
        bool isByChannel = dims[^3] == tensor.Count;
        return isByChannel && tensor.Count > 0
            ? [.. tensor.ToFloats().Select(function ?? (value => value))]
            : throw call.CreateException("a constant must be one number, or one for each channel");
    }

    private static float[] BroadcastPerChannel(OnnxCall call, Value x, float[] values) =>
        values.Length == x.Shape.C ? values
        : values.Length == 1 ? [.. Enumerable.Repeat(values[0], x.Shape.C)]
        : throw call.CreateException($"{values.Length} numbers do not fit {x.Shape.C} channels");
}
