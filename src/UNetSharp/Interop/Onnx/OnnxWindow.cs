using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// How a node's window moves along one axis: ONNX's kernel, stride, dilation, and padding, which may differ on both
/// ends.
/// </summary>
/// <param name="Axis">Kernel, stride and dilation; the padding where it is the same on both ends.</param>
/// <param name="Before">Padding before the first pixel.</param>
/// <param name="After">Padding behind the last pixel.</param>
internal readonly record struct OnnxWindow(Axis Axis, int Before, int After)
{
    // A transposed convolution of stride s is computed as s · s convolutions.
    private const int MaxStride = 16;
    private const int MaxDistance = 1 << 12;

    /// <summary>Whether padding is the same on both ends.</summary>
    public bool IsSymmetric => Before == After;

    /// <summary>
    /// Number of windows over so many pixels; rounded up, a last one may hang over the end, if it starts inside of
    /// pixels and padding.
    /// </summary>
    public int Positions(int size, bool roundsUp)
    {
        int steps = Math.DivRem(size + Before + After - Axis.Extent, Axis.Stride, out int rest);
        return steps + (roundsUp && rest > 0 && (steps + 1) * Axis.Stride < size + Before ? 2 : 1);
    }

    /// <summary>How a transposed convolution cuts its result: by padding, or to a size that is asked for.</summary>
    /// <param name="call">The node.</param>
    /// <param name="size">Number of pixels of the source.</param>
    /// <param name="kernel">Taps of the filter.</param>
    /// <param name="index">0 for rows, 1 for columns.</param>
    /// <returns>The window, and the pixels that the result has more at its end.</returns>
    public static (OnnxWindow Window, int More) FromTransposed(OnnxCall call, int size, int kernel, int index)
    {
        int stride = ReadInteger(call, "strides", index, min: 1, MaxStride);
        Axis axis = new(kernel, stride, Padding: 0, ReadInteger(call, "dilations", index, min: 1, MaxDistance));
        int more = call.Integers("output_padding").Count > 0
            ? ReadInteger(call, "output_padding", index, min: 0, Math.Max(stride, axis.Dilation) - 1)
            : 0;
        string mode = call.Text("auto_pad", "NOTSET");
        IReadOnlyList<long> shape = call.Integers("output_shape");
        int? asked = shape.Count > 0 ? call.ToSize(shape[^(2 - index)], 1)
            : mode is "SAME_UPPER" or "SAME_LOWER" ? size * stride
            : null;
        int before = mode == "NOTSET" ? ReadInteger(call, "pads", index, 0, MaxDistance) : 0;
        int after = mode == "NOTSET" ? ReadInteger(call, "pads", index + 2, 0, MaxDistance) : 0;
        if (asked is { } result)
        {
            int total = axis.TransposedSize(size, more) - result;
            int half = total / 2;
            (before, after) = mode == "SAME_UPPER" ? (half, total - half) : (total - half, half);
        }

        bool isEven = before == after && before >= 0;
        return (new OnnxWindow(isEven ? axis with { Padding = before } : axis, before, after), more);
    }

    /// <summary>The windows down the rows and across the columns.</summary>
    public static (OnnxWindow Rows, OnnxWindow Columns) FromCall(
        OnnxCall call, Shape x, int kernelHeight, int kernelWidth) =>
        (FromCall(call, x.H, kernelHeight, 0, axes: 2), FromCall(call, x.W, kernelWidth, 1, axes: 2));

    /// <summary>The windows of a filter of one axis, which is that of the columns.</summary>
    public static (OnnxWindow Rows, OnnxWindow Columns) FromOneAxis(OnnxCall call, Shape x, int kernel) =>
        (new OnnxWindow(new Axis(1), 0, 0), FromCall(call, x.W, kernel, 0, axes: 1));

    private static OnnxWindow FromCall(OnnxCall call, int size, int kernel, int index, int axes)
    {
        int stride = ReadInteger(call, "strides", index, min: 1, MaxDistance);
        int dilation = ReadInteger(call, "dilations", index, min: 1, MaxDistance);
        Axis axis = new(kernel, stride, Padding: 0, dilation);
        (int before, int after) = call.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" =>
                (
                    ReadInteger(call, "pads", index, 0, MaxDistance),
                    ReadInteger(call, "pads", index + axes, 0, MaxDistance)),
            "VALID" => (0, 0),
            "SAME_UPPER" => SplitPadding(ComputeSamePadding(axis, size)),
            "SAME_LOWER" => SplitPadding(ComputeSamePadding(axis, size)) is var (less, more) ? (more, less) : default,
            string other =>
                throw call.CreateException($"auto_pad {CheckpointException.Sanitize(other)} is not supported"),
        };
        return new OnnxWindow(before == after ? axis with { Padding = before } : axis, before, after);
    }

    /// <summary>Padding with which there are as many windows as strides fit into the image.</summary>
    private static int ComputeSamePadding(Axis axis, int size) =>
        Math.Max(0, (((size + axis.Stride - 1) / axis.Stride) - 1) * axis.Stride + axis.Extent - size);

    private static (int Less, int More) SplitPadding(int total) => (total / 2, total - (total / 2));

    private static int ReadInteger(OnnxCall call, string name, int index, int min, int max)
    {
        IReadOnlyList<long> values = call.Integers(name);
        long value = values.Count == 0 ? min : index < values.Count ? values[index] : -1;
        return value >= min && value <= max ? (int)value : throw call.CreateException($"{name} must be {min} to {max}");
    }
}
