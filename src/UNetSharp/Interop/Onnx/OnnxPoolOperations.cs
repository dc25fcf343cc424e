using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that take the maximum or the mean of the pixels in a window.</summary>
internal static class OnnxPoolOperations
{
    private const int MaxSide = 1024;

    /// <summary>
    /// MaxPool. More padding behind the last pixel than before the first is how sizes were rounded up before version
    /// 10. Padding that differs otherwise is the border's pixels again, which changes no maximum.
    /// </summary>
    public static Value Max(OnnxCall call)
    {
        Value x = call.Map(0);
        (OnnxWindow rows, OnnxWindow columns) = Windows(call, x);
        bool roundsUp = call.Integer("ceil_mode", 0) != 0;
        if (rows.IsSymmetric && columns.IsSymmetric && IsInside(rows) && IsInside(columns))
        {
            return Pooled(roundsUp);
        }

        (int Height, int Width) size = (rows.Positions(x.Shape.H, roundsUp), columns.Positions(x.Shape.W, roundsUp));
        if (IsInside(rows) && IsInside(columns) && new[] { Pooled(isUp: false), Pooled(isUp: true) }
            .FirstOrDefault(result => (result.Shape.H, result.Shape.W) == size) is { } behind)
        {
            return behind;
        }

        if (rows.Axis.Dilation > 1 || columns.Axis.Dilation > 1)
        {
            throw call.CreateException("padding that differs on two sides, of dilated windows, is not supported");
        }

        Value padded = new NearestResize(
            x, Border(rows, x.Shape.H, size.Height), Border(columns, x.Shape.W, size.Width)).Output;
        return new MaxPool(
            padded, rows.Axis with { Padding = 0 }, columns.Axis with { Padding = 0 }, ceilMode: false).Output;

        Value Pooled(bool isUp) => new MaxPool(
            x,
            rows.Axis with { Padding = rows.Before },
            columns.Axis with { Padding = columns.Before },
            isUp).Output;

        static SourceAxis Border(OnnxWindow window, int size, int count) => SourceAxis.FromFunction(
            size, ((count - 1) * window.Axis.Stride) + window.Axis.Extent, i => i - window.Before);
    }

    /// <summary>AveragePool: of windows that do not lie evenly each pixel gets its weight.</summary>
    public static Value Average(OnnxCall call)
    {
        Value x = call.Map(0);
        (OnnxWindow rows, OnnxWindow columns) = Windows(call, x);
        bool countsPadding = call.Integer("count_include_pad", 0) != 0;
        bool roundsUp = call.Integer("ceil_mode", 0) != 0;
        bool isEven = IsEven(rows, x.Shape.H) && IsEven(columns, x.Shape.W);
        return isEven
            ? new AvgPool(x, rows.Axis, columns.Axis, countsPadding).Output
            : new Resample(x, Weigh(rows, x.Shape.H), Weigh(columns, x.Shape.W)).Output;

        bool IsEven(OnnxWindow window, int size) => window.IsSymmetric && window.Axis.Dilation == 1 && IsInside(window)
            && window.Positions(size, roundsUp) == window.Positions(size, roundsUp: false);

        TapAxis Weigh(OnnxWindow window, int size) => TapAxis.FromFunction(
            size, window.Positions(size, roundsUp), i => WeighWindow(window, size, i, countsPadding));
    }

    private static IEnumerable<(int Source, float Weight)> WeighWindow(
        OnnxWindow window, int size, int index, bool countsPadding)
    {
        int start = (index * window.Axis.Stride) - window.Before;
        int[] places = [.. Enumerable.Range(0, window.Axis.Kernel).Select(i => start + (i * window.Axis.Dilation))];
        int[] inside = [.. places.Where(place => place >= 0 && place < size)];
        int counted = countsPadding ? places.Count(place => place < size + window.After) : inside.Length;
        return inside.Select(place => (place, 1f / counted));
    }

    private static (OnnxWindow Rows, OnnxWindow Columns) Windows(OnnxCall call, Value x) =>
        call.Integers("kernel_shape") is [>= 1 and <= MaxSide and var height, >= 1 and <= MaxSide and var width]
            ? OnnxWindow.FromCall(call, x.Shape, (int)height, (int)width)
            : throw call.CreateException($"kernel_shape must be two numbers from 1 to {MaxSide}");

    private static bool IsInside(OnnxWindow window) => 2 * window.Before <= window.Axis.Extent;
}
