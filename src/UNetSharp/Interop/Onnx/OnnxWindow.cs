using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// How a node's window moves along one axis: ONNX's kernel, stride, dilation, and padding, which may differ on both ends.
/// </summary>
/// <param name="Axis">Kernel, stride and dilation; the padding where it is the same on both ends.</param>
/// <param name="Before">Padding before the first pixel.</param>
/// <param name="After">Padding behind the last pixel.</param>
internal readonly record struct OnnxWindow(Axis Axis, int Before, int After)
{
    // A transposed convolution of stride s is computed as s · s convolutions.
    private const int MostStride = 16;
    private const int MostDistance = 1 << 12;

    /// <summary>Whether padding is the same on both ends.</summary>
    public bool IsEven => Before == After;

    /// <summary>Number of windows over so many pixels.</summary>
    public int Positions(int size) => ((size + Before + After - Axis.Extent) / Axis.Stride) + 1;

    /// <summary>The windows down the rows and across the columns.</summary>
    public static (OnnxWindow Rows, OnnxWindow Columns) Of(OnnxCall call, Shape x, int kernelHeight, int kernelWidth) =>
        (Of(call, x.H, kernelHeight, 0), Of(call, x.W, kernelWidth, 1));

    private static OnnxWindow Of(OnnxCall call, int size, int kernel, int index)
    {
        int stride = Number(call, "strides", index, least: 1, MostStride);
        int dilation = Number(call, "dilations", index, least: 1, MostDistance);
        Axis axis = new(kernel, stride, Padding: 0, dilation);
        (int before, int after) = call.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" => (Number(call, "pads", index, 0, MostDistance), Number(call, "pads", index + 2, 0, MostDistance)),
            "VALID" => (0, 0),
            "SAME_UPPER" => Halves(Missing(axis, size)),
            "SAME_LOWER" => Halves(Missing(axis, size)) is var (less, more) ? (more, less) : default,
            string other => throw call.Refused($"auto_pad {CheckpointException.Shown(other)} is not supported"),
        };
        return new OnnxWindow(before == after ? axis with { Padding = before } : axis, before, after);
    }

    /// <summary>Padding with which there are as many windows as strides fit into the image.</summary>
    private static int Missing(Axis axis, int size) =>
        Math.Max(0, (((size + axis.Stride - 1) / axis.Stride) - 1) * axis.Stride + axis.Extent - size);

    private static (int Less, int More) Halves(int total) => (total / 2, total - (total / 2));

    private static int Number(OnnxCall call, string name, int index, int least, int most)
    {
        IReadOnlyList<long> values = call.Integers(name);
        long value = values.Count == 0 ? least : index < values.Count ? values[index] : -1;
        return value >= least && value <= most ? (int)value : throw call.Refused($"{name} must be {least} to {most}");
    }
}
