using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that take the maximum or the mean of many pixels.</summary>
internal static class OnnxPoolOperations
{
    private const int MaxSide = 256;
    private const string DifferentPadding = "padding that differs on two sides, or of whole windows, is not supported";

    /// <summary>
    /// MaxPool. More padding behind the last pixel than before the first is how sizes were rounded up before version
    /// 10.
    /// </summary>
    public static Value Max(OnnxCall call)
    {
        (OnnxWindow rows, OnnxWindow columns) = Windows(call);
        if (rows.IsSymmetric && columns.IsSymmetric)
        {
            return Pooled(call.Integer("ceil_mode", 0) != 0);
        }

        call.RequireValue("ceil_mode", 0);
        Shape x = call.Map(0).Shape;
        (int Height, int Width) size = (rows.Positions(x.H), columns.Positions(x.W));
        return new[] { Pooled(roundsUp: false), Pooled(roundsUp: true) }
            .FirstOrDefault(result => (result.Shape.H, result.Shape.W) == size)
            ?? throw call.CreateException(DifferentPadding);

        Value Pooled(bool roundsUp) => new MaxPool(
            call.Map(0),
            rows.Axis with { Padding = rows.Before },
            columns.Axis with { Padding = columns.Before },
            roundsUp).Output;
    }

    /// <summary>AveragePool.</summary>
    public static Value Average(OnnxCall call)
    {
        (OnnxWindow rows, OnnxWindow columns) = Windows(call);
        call.RequireValue("ceil_mode", 0);
        if (!rows.IsSymmetric || !columns.IsSymmetric)
        {
            throw call.CreateException(DifferentPadding);
        }

        return rows.Axis.Dilation == 1 && columns.Axis.Dilation == 1
            ? new AvgPool(call.Map(0), rows.Axis, columns.Axis, call.Integer("count_include_pad", 0) != 0).Output
            : throw call.CreateException("dilated windows are not supported");
    }

    /// <summary>ReduceMean over height and width, which stay as sizes of one pixel.</summary>
    public static Value Mean(OnnxCall call)
    {
        double[] axes = [.. (call.Numbers(1, "axes") ?? []).Select(axis => axis < 0 ? axis + 4 : axis).Order()];
        call.RequireValue("keepdims", 1);
        return axes is [2, 3]
            ? GlobalMean(call.Map(0))
            : throw call.CreateException("only the mean over height and width is supported");
    }

    /// <summary>The mean of all pixels.</summary>
    public static Value GlobalMean(Value x) => new AvgPool(
        x, new Axis(x.Shape.H, x.Shape.H), new Axis(x.Shape.W, x.Shape.W), countIncludePad: false).Output;

    private static (OnnxWindow Rows, OnnxWindow Columns) Windows(OnnxCall call)
    {
        if (call.Integers("kernel_shape")
            is not [>= 1 and <= MaxSide and var height, >= 1 and <= MaxSide and var width])
        {
            throw call.CreateException($"kernel_shape must be two numbers from 1 to {MaxSide}");
        }

        (OnnxWindow rows, OnnxWindow columns) = OnnxWindow.FromCall(call, call.Map(0).Shape, (int)height, (int)width);
        return IsInside(rows) && IsInside(columns)
            ? (rows, columns)
            : throw call.CreateException(DifferentPadding);

        static bool IsInside(OnnxWindow window) => Math.Max(window.Before, window.After) < window.Axis.Extent;
    }
}
