using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations with trained filters.</summary>
internal static class OnnxFilterOperations
{
    // Each is a convolution of its own.
    private const int MaxGroups = 4096;

    /// <summary>Conv, also in groups of channels, over one axis or two.</summary>
    public static OnnxMap Convolve(OnnxCall call)
    {
        OnnxTensor weight = call.Tensor(1);
        if (weight.Dims is [var filters, var inputs, var taps])
        {
            OnnxMap x = call.Read(0);
            OnnxMap line = x.Reshape([.. x.Dims.Take(2), 1, .. x.Dims.Skip(2)]);
            Value y = Convolve(call, line.ToNchw(), new OnnxFilter(
                call, weight with { Dims = [filters, inputs, 1, taps] }, Bias(call, 2, filters))
            {
                IsLine = true,
            });
            return OnnxMap.Nchw(y).Reshape([1, y.Shape.C, y.Shape.W]);
        }

        weight = Filter(call);
        return OnnxMap.Nchw(Convolve(
            call, call.Map(0), new OnnxFilter(call, weight, Bias(call, 2, weight.Dims[0]))));
    }

    /// <summary>A convolution as a node describes it, of any filter.</summary>
    public static Value Convolve(OnnxCall call, Value x, OnnxFilter filter)
    {
        IReadOnlyList<int> dims = filter.Dims;
        (OnnxWindow rows, OnnxWindow columns) = filter.IsLine
            ? OnnxWindow.FromOneAxis(call, x.Shape, dims[3])
            : OnnxWindow.FromCall(call, x.Shape, dims[2], dims[3]);
        bool isEven = rows.IsSymmetric && columns.IsSymmetric;
        x = isEven ? x : x.Pad(columns.Before, columns.After, rows.Before, rows.After);
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        int groups = GetGroups(call, x.Shape.C, dims[0]);
        return groups == 1 ? new Convolution(x, filter.Weight, filter.Bias, down, across).Output
            : groups == x.Shape.C && groups == dims[0]
                ? new DepthwiseConvolution(x, filter.Weight, filter.Bias, down, across).Output
            : InGroups(x, groups, g => part => new Convolution(
                part, filter.WeightOf(g, groups), filter.BiasOf(g, groups), down, across).Output);
    }

    /// <summary>ConvTranspose, also in groups of channels.</summary>
    public static Value ConvolveTransposed(OnnxCall call)
    {
        Value x = call.Map(0);
        OnnxTensor weight = Filter(call);
        (OnnxWindow rows, int moreRows) = OnnxWindow.FromTransposed(call, x.Shape.H, weight.Dims[2], 0);
        (OnnxWindow columns, int moreColumns) = OnnxWindow.FromTransposed(call, x.Shape.W, weight.Dims[3], 1);

        // Computed whole and cut to size, where the four sides differ.
        bool isEven = rows.IsSymmetric && columns.IsSymmetric && moreRows == moreColumns
            && rows.Before >= 0 && columns.Before >= 0;
        Axis down = isEven ? rows.Axis : rows.Axis with { Padding = 0 };
        Axis across = isEven ? columns.Axis : columns.Axis with { Padding = 0 };
        int max = Math.Max(moreRows, moreColumns);
        int groups = GetGroups(call, x.Shape.C, weight.Dims[0]);
        OnnxFilter filter = new(call, weight, Bias(call, 2, weight.Dims[1] * groups));
        Value y = groups == 1
            ? new TransposedConvolution(x, filter.Weight, filter.Bias, down, across, max).Output
            : InGroups(x, groups, g => part => new TransposedConvolution(
                part, filter.WeightOf(g, groups), filter.BiasOf(g, groups), down, across, max).Output);
        return isEven ? y : y.Pad(
            -columns.Before,
            -(columns.After + max - moreColumns),
            -rows.Before,
            -(rows.After + max - moreRows));
    }

    /// <summary>Gemm: alpha · x · W + beta · b.</summary>
    public static OnnxMap Multiply(OnnxCall call)
    {
        OnnxTensor weight = Matrix(call, 1);
        if (call.Integer("transA", 0) != 0 || call.Read(0).Axes.Rank != 2)
        {
            throw call.CreateException("only products of a row and a constant matrix are supported");
        }

        OnnxMap y = Apply(call, call.Read(0), 1, weight, call.Integer("transB", 0) != 0);
        float alpha = call.Float("alpha", 1);
        y = alpha == 1 ? y : y.With(OnnxArithmetic.Affine(y.Value, alpha, 0));
        float beta = call.Float("beta", 1);
        return !call.HasInput(2) ? y : OnnxArithmetic.Shift(call, y, call.Tensor(2), value => beta * value);
    }

    /// <summary>MatMul of a map and a constant matrix, from either side.</summary>
    public static OnnxMap MatrixProduct(OnnxCall call)
    {
        if (call.IsMap(0) && call.IsMap(1))
        {
            throw call.CreateException("products of two maps, as attention has them, are not supported");
        }

        OnnxMap x = call.Read(call.IsMap(0) ? 0 : 1);
        return call.IsMap(0)
            ? Apply(call, x, x.Axes.Rank - 1, Matrix(call, 1), isTransposed: false)
            : Apply(call, x, x.Axes.Rank - 2, Matrix(call, 0), isTransposed: true);
    }

    /// <summary>The bias of a filter; null if there is none.</summary>
    public static OnnxTensor? Bias(OnnxCall call, int index, int count) =>
        call.HasInput(index) ? call.Vector(index, count) : null;

    /// <summary>The weights of two-dimensional filters.</summary>
    public static OnnxTensor Filter(OnnxCall call, int index = 1)
    {
        OnnxTensor weight = call.Tensor(index);
        return weight.Dims.Count == 4 && weight.Count > 0
            ? weight
            : throw call.CreateException("the weights of two-dimensional filters have four sizes");
    }

    /// <summary>A matrix times each vector along an axis: a convolution of one pixel.</summary>
    public static OnnxMap Apply(
        OnnxCall call, OnnxMap x, int axis, OnnxTensor matrix, bool isTransposed, Func<float, float>? function = null)
    {
        (int rows, int columns) = (matrix.Dims[^2], matrix.Dims[^1]);
        (int outputs, int inputs) = isTransposed ? (rows, columns) : (columns, rows);
        if (axis < 0 || x.Dims[axis] != inputs)
        {
            throw call.CreateException($"a matrix of {inputs} inputs does not fit ({string.Join(", ", x.Dims)})");
        }

        OnnxMap map = x.WithChannels(axis);
        Parameter weight = call.Derived(
            matrix, isTransposed ? "matrix" : "transposed", [outputs, inputs, 1, 1], () => Compute(matrix));
        Value y = new Convolution(map.Value, weight, bias: null, new Axis(1), new Axis(1)).Output;
        return map.Resized(y, axis, 1);

        float[] Compute(OnnxTensor from)
        {
            float[] values = [.. from.ToFloats().Select(function ?? (value => value))];
            return isTransposed ? values
                : [.. Enumerable.Range(0, values.Length).Select(i => values[(i % inputs * outputs) + (i / inputs)])];
        }
    }

    private static OnnxTensor Matrix(OnnxCall call, int index)
    {
        OnnxTensor matrix = call.Tensor(index);
        return matrix.Dims.Count >= 2 && matrix.Count == (long)matrix.Dims[^1] * matrix.Dims[^2] && matrix.Count > 0
            ? matrix
            : throw call.CreateException($"a matrix of ({string.Join(", ", matrix.Dims)}) is not supported");
    }

    private static int GetGroups(OnnxCall call, int channels, int filters)
    {
        long groups = call.Integer("group", 1);
        return groups < 1 || channels % groups != 0 || filters % groups != 0
            ? throw call.CreateException($"{groups} groups do not fit {channels} channels and {filters} filters")
            : groups > MaxGroups && (groups != channels || groups != filters)
                ? throw call.CreateException($"{groups} groups are more than {MaxGroups}")
            : (int)groups;
    }

    /// <summary>Each group of channels with its own filters, one beside the other.</summary>
    private static Value InGroups(Value x, int groups, Func<int, Func<Value, Value>> filterOf)
    {
        int channels = x.Shape.C / groups;
        return Value.Concat(
            [.. Enumerable.Range(0, groups).Select(g => filterOf(g)(x.SliceChannels(g * channels, channels)))]);
    }
}
