using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's sums, means and extremes over any axes.</summary>
internal static class OnnxReductions
{
    /// <summary>Reduce…: over the axes that are named, or all of them.</summary>
    public static OnnxMap Reduce(OnnxCall call, Func<OnnxMap, int[], OnnxMap> function)
    {
        OnnxMap x = call.Read(0);
        int[] axes = call.Axes(1, "axes", x.Axes.Rank) is { Length: > 0 } given ? given
            : call.Integer("noop_with_empty_axes", 0) != 0 ? []
            : [.. Enumerable.Range(0, x.Axes.Rank)];
        OnnxMap reduced = function(x, axes);
        return call.Integer("keepdims", 1) != 0
            ? reduced
            : reduced.Permute(Enumerable.Range(0, x.Axes.Rank).Except(axes));
    }

    /// <summary>Global…Pool: over all axes behind the channels.</summary>
    public static OnnxMap Globally(OnnxCall call, Func<OnnxMap, int[], OnnxMap> function) =>
        function(call.Read(0), [.. Enumerable.Range(2, Math.Max(0, call.Read(0).Axes.Rank - 2))]);

    /// <summary>The mean over some axes, which stay with size 1.</summary>
    public static OnnxMap Mean(OnnxMap x, int[] axes) => Over(
        x,
        axes,
        (value, rows, columns) => new AvgPool(value, rows, columns, countIncludePad: false).Output,
        value => new Convolution(
            value,
            OnnxCall.Constant([1, value.Shape.C, 1, 1], [.. Enumerable.Repeat(1f / value.Shape.C, value.Shape.C)]),
            bias: null,
            new Axis(1),
            new Axis(1)).Output);

    /// <summary>The maximum over some axes, which stay with size 1.</summary>
    public static OnnxMap Maximum(OnnxMap x, int[] axes) => Over(
        x,
        axes,
        (value, rows, columns) => new MaxPool(value, rows, columns, ceilMode: false).Output,
        value => new ChannelMaximum(value, givesIndex: false).Output);

    /// <summary>The minimum over some axes, which stay with size 1.</summary>
    public static OnnxMap Minimum(OnnxMap x, int[] axes) =>
        OnnxArithmetic.Negate(Maximum(OnnxArithmetic.Negate(x), axes));

    /// <summary>The sum over some axes, which stay with size 1.</summary>
    public static OnnxMap Sum(OnnxMap x, int[] axes)
    {
        OnnxMap mean = Mean(x, axes);
        float count = axes.Aggregate(1f, (product, axis) => product * x.Dims[axis]);
        return mean.With(OnnxArithmetic.Affine(mean.Value, count, 0));
    }

    /// <summary>The sum of squares.</summary>
    public static OnnxMap SumOfSquares(OnnxMap x, int[] axes) => Sum(OnnxArithmetic.Product(x, x), axes);

    /// <summary>The root of the sum of squares.</summary>
    public static OnnxMap Length(OnnxMap x, int[] axes) =>
        OnnxArithmetic.Apply(SumOfSquares(x, axes), FunctionKind.Sqrt);

    /// <summary>The sum of absolute values.</summary>
    public static OnnxMap SumOfSizes(OnnxMap x, int[] axes) => Sum(OnnxArithmetic.Apply(x, FunctionKind.Abs), axes);

    /// <summary>The logarithm of the sum.</summary>
    public static OnnxMap LogSum(OnnxMap x, int[] axes) => OnnxArithmetic.Apply(Sum(x, axes), FunctionKind.Log);

    /// <summary>The logarithm of the sum of exponentials: m + log Σ exp(x − m), m the maximum.</summary>
    public static OnnxMap LogSumExp(OnnxMap x, int[] axes)
    {
        OnnxMap most = Maximum(x, axes);
        OnnxMap less = OnnxArithmetic.Apply(OnnxArithmetic.Difference(x, most), FunctionKind.Exp);
        return OnnxArithmetic.Sum(most, LogSum(less, axes));
    }

    /// <summary>Rows and columns that are reduced whole by a window of their size, then what is left as
    /// channels.</summary>
    private static OnnxMap Over(
        OnnxMap x, int[] axes, Func<Value, Axis, Axis, Value> overPixels, Func<Value, Value> overChannels)
    {
        AxisPart[] parts = [.. axes.SelectMany(axis => x.Axes.Axes[axis])];
        (bool rows, bool columns) = (IsWhole(2, x.Value.Shape.H), IsWhole(3, x.Value.Shape.W));
        OnnxMap map = x;
        if (rows || columns)
        {
            Value pooled = overPixels(
                x.Value,
                rows ? new Axis(x.Value.Shape.H, x.Value.Shape.H) : new Axis(1),
                columns ? new Axis(x.Value.Shape.W, x.Value.Shape.W) : new Axis(1));
            map = new OnnxMap(pooled, new MapAxes(
            [
                .. x.Axes.Axes.Select((all, axis) => !axes.Contains(axis)
                    ? all
                    : [.. all.Where(part => !((rows && part.Axis == 2) || (columns && part.Axis == 3)))]),
            ]));
        }

        int[] left = [.. axes.Where(axis => map.Dims[axis] > 1)];
        if (left.Length > 0)
        {
            map = map.WithChannels(left);
            map = new OnnxMap(overChannels(map.Value), new MapAxes(
                [.. map.Axes.Axes.Select((all, axis) => left.Contains(axis) ? [] : all)]));
        }

        return map;

        bool IsWhole(int place, int size) => size > 1
            && parts.Where(part => part.Axis == place).Aggregate(1L, (count, part) => count * part.Size) == size;
    }
}
