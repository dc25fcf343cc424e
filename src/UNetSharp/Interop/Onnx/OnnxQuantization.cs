using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's operations on whole numbers that stand for others, (q − zero point) · scale, computed in floats
/// (https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html).
/// </summary>
internal static class OnnxQuantization
{
    private const int UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5;

    /// <summary>QuantizeLinear: round(x / scale) + zero point, within the type's bounds.</summary>
    public static OnnxMap Quantize(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        OnnxTensor scale = ForAxis(call, 1, x.Dims);
        int type = call.HasInput(2) ? call.Tensor(2).Type : (int)call.Integer("output_dtype", UInt8);
        OnnxMap steps = OnnxArithmetic.Apply(
            OnnxArithmetic.Scale(call, x, scale, value => 1 / value), FunctionKind.Round);
        return Bound(
            call, call.HasInput(2) ? OnnxArithmetic.Shift(call, steps, ForAxis(call, 2, x.Dims)) : steps, type);
    }

    /// <summary>DequantizeLinear.</summary>
    public static OnnxMap Dequantize(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        OnnxMap shifted = call.HasInput(2)
            ? OnnxArithmetic.Shift(call, x, ForAxis(call, 2, x.Dims), value => -value)
            : x;
        return OnnxArithmetic.Scale(call, shifted, ForAxis(call, 1, x.Dims));
    }

    /// <summary>DequantizeLinear of constants.</summary>
    public static OnnxTensor DequantizeArray(OnnxCall call)
    {
        OnnxTensor tensor = call.Tensor(0);
        float[] values = tensor.ToFloats();
        float[] scales = call.Tensor(1).ToFloats();
        float[] zeros = call.HasInput(2) ? call.Tensor(2).ToFloats() : new float[scales.Length];
        int axis = scales.Length == 1 ? 0 : call.Axis("axis", 1, tensor.Dims.Count);
        int inner = tensor.Dims.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        if (zeros.Length != scales.Length || (scales.Length != 1 && scales.Length != tensor.Dims[axis])
            || call.Integer("block_size", 0) != 0)
        {
            throw call.CreateException("scales for blocks are not supported");
        }

        for (int i = 0; i < values.Length; i++)
        {
            int k = i / inner % scales.Length;
            values[i] = (values[i] - zeros[k]) * scales[k];
        }

        return OnnxTensor.Create("", tensor.Dims, values);
    }

    /// <summary>
    /// DynamicQuantizeLinear: the numbers stay as they are, with scale 1 and zero point 0, so that nothing is lost.
    /// </summary>
    public static OnnxMap QuantizeDynamically(OnnxCall call) => call.Read(0);

    /// <summary>The scale and the zero point of DynamicQuantizeLinear.</summary>
    public static OnnxTensor GetDynamicScale(OnnxCall call) => call.ResultIndex == 1
        ? OnnxTensor.Create("", [], [1f])
        : OnnxTensor.Create("", [], [0L]);

    /// <summary>ConvInteger: a convolution of what lies above both zero points.</summary>
    public static Value Convolve(OnnxCall call)
    {
        OnnxTensor weight = OnnxFilterOperations.Filter(call);
        return OnnxFilterOperations.Convolve(
            call,
            AboveZero(call, call.Read(0), 2).ToNchw(),
            new OnnxFilter(call, weight, bias: null) { Weights = Scaling(call, weight, 3, null) });
    }

    /// <summary>MatMulInteger.</summary>
    public static OnnxMap Multiply(OnnxCall call)
    {
        OnnxMap x = AboveZero(call, call.Read(0), 2);
        OnnxTensor weight = call.Tensor(1);
        float[] zeros = call.HasInput(3) ? call.Tensor(3).ToFloats() : [0];
        return weight.Dims.Count == 2 && zeros.Distinct().Count() == 1
            ? OnnxFilterOperations.Apply(
                call, x, x.Axes.Rank - 1, weight, isTransposed: false, value => value - zeros[0])
            : throw call.CreateException("a zero point for each column is not supported");
    }

    /// <summary>QLinearConv: a convolution of the numbers that are meant, whose result is quantised again.</summary>
    public static OnnxMap ConvolveQuantized(OnnxCall call)
    {
        OnnxTensor weight = OnnxFilterOperations.Filter(call, 3);
        float[] scales = call.Tensor(4).ToFloats();
        float inputScale = Single(call, 1);
        OnnxMap x = AboveZero(call, call.Read(0), 2);
        OnnxMap y = OnnxMap.Nchw(OnnxFilterOperations.Convolve(
            call,
            x.With(OnnxArithmetic.Affine(x.Value, inputScale, 0)).ToNchw(),
            new OnnxFilter(call, weight, OnnxFilterOperations.Bias(call, 8, weight.Dims[0]))
            {
                Weights = Scaling(call, weight, 5, scales),
                Biases = values => [.. values.Select((value, k) => value * inputScale * scales[k % scales.Length])],
            }));
        float zero = call.HasInput(7) ? Single(call, 7) : 0;
        OnnxMap steps = OnnxArithmetic.Apply(
            y.With(OnnxArithmetic.Affine(y.Value, 1 / Single(call, 6), 0)), FunctionKind.Round);
        return Bound(call, steps.With(OnnxArithmetic.Affine(steps.Value, 1, zero)), call.Tensor(7).Type);
    }

    /// <summary>Weights above their zero points, times their scales, both for each filter or for all.</summary>
    private static Func<float[], float[]> Scaling(OnnxCall call, OnnxTensor weight, int zeroIndex, float[]? scales)
    {
        float[] zeros = call.HasInput(zeroIndex) ? call.Tensor(zeroIndex).ToFloats() : [0];
        int filters = weight.Dims[0];
        if ((zeros.Length != 1 && zeros.Length != filters) || (scales is { Length: not 1 } && scales.Length != filters))
        {
            throw call.CreateException($"scales and zero points do not fit {filters} filters");
        }

        return values =>
        {
            int size = values.Length / filters;
            return [.. values.Select((value, i) =>
                (value - zeros[i / size % zeros.Length]) * (scales?[i / size % scales.Length] ?? 1))];
        };
    }

    private static OnnxMap AboveZero(OnnxCall call, OnnxMap x, int index)
    {
        float zero = call.HasInput(index) ? Single(call, index) : 0;
        return zero == 0 ? x : x.With(OnnxArithmetic.Affine(x.Value, 1, -zero));
    }

    private static float Single(OnnxCall call, int index) => call.Tensor(index).ToFloats() is [var number]
        ? number
        : throw call.CreateException($"input {index} must be one number");

    /// <summary>Numbers for each place of an axis, with the sizes of a tensor that has that axis.</summary>
    private static OnnxTensor ForAxis(OnnxCall call, int index, IReadOnlyList<int> dims)
    {
        OnnxTensor tensor = call.Tensor(index);
        if (tensor.Count == 1)
        {
            return tensor;
        }

        int axis = call.Axis("axis", 1, dims.Count);
        return tensor.Count == dims[axis]
            ? tensor with { Dims = [tensor.Count, .. Enumerable.Repeat(1, dims.Count - axis - 1)] }
            : throw call.CreateException("scales for blocks are not supported");
    }

    private static OnnxMap Bound(OnnxCall call, OnnxMap x, int type) => type switch
    {
        UInt8 => OnnxArithmetic.Between(x, byte.MinValue, byte.MaxValue),
        Int8 => OnnxArithmetic.Between(x, sbyte.MinValue, sbyte.MaxValue),
        UInt16 => OnnxArithmetic.Between(x, ushort.MinValue, ushort.MaxValue),
        Int16 => OnnxArithmetic.Between(x, short.MinValue, short.MaxValue),
        _ => throw call.CreateException($"ONNX's number format {type} is not supported"),
    };
}
