using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's operations on constants and sizes, computed at once: the arithmetic with which exporters say to which size a
/// map is resized or padded.
/// </summary>
internal static class OnnxConstantOperations
{
    private const int MaxNumbers = 1 << 16;
    private static readonly string[] ConstantNames =
        ["value", "value_int", "value_ints", "value_float", "value_floats"];

    private static readonly Dictionary<string, Func<OnnxCall, OnnxTensor>> ByName = new()
    {
        ["Constant"] = Constant,
        ["Shape"] = call => call.IsMap(0) ? Integers(Dims(call.Map(0).Shape)) : Integers([.. call.Tensor(0).Dims]),
        ["Identity"] = call => call.Tensor(0),
        ["Cast"] = Cast,
        ["Floor"] = call => MapUnary(call, Math.Floor),
        ["Ceil"] = call => MapUnary(call, Math.Ceiling),
        ["Neg"] = call => MapUnary(call, x => -x),
        ["Not"] = call => MapUnary(call, x => x == 0 ? 1 : 0),
        ["Add"] = call => MapBinary(call, (a, b) => a + b),
        ["Sub"] = call => MapBinary(call, (a, b) => a - b),
        ["Mul"] = call => MapBinary(call, (a, b) => a * b),
        ["Div"] = call => MapBinary(call, (a, b) => Divide(call, a, b)),
        ["Mod"] = call => MapBinary(call, (a, b) => a - (b * Math.Floor(a / RequireNotZero(call, b)))),
        ["Min"] = call => MapBinary(call, Math.Min),
        ["Max"] = call => MapBinary(call, Math.Max),
        ["Less"] = call => MapBinary(call, (a, b) => a < b ? 1 : 0),
        ["Greater"] = call => MapBinary(call, (a, b) => a > b ? 1 : 0),
        ["Equal"] = call => MapBinary(call, (a, b) => a == b ? 1 : 0),
        ["And"] = call => MapBinary(call, (a, b) => a != 0 && b != 0 ? 1 : 0),
        ["Or"] = call => MapBinary(call, (a, b) => a != 0 || b != 0 ? 1 : 0),
        ["Xor"] = call => MapBinary(call, (a, b) => a != 0 ^ b != 0 ? 1 : 0),
        ["Gather"] = Gather,
        ["Concat"] = Concat,
        ["Slice"] = Slice,
        ["Unsqueeze"] = Unsqueeze,
        ["Squeeze"] = Squeeze,
        ["Reshape"] = Reshape,
        ["Transpose"] = Transpose,
        ["ConstantOfShape"] = ConstantOfShape,
        ["Range"] = Range,
    };

    /// <summary>How an operation is computed; null if it is not known.</summary>
    public static Func<OnnxCall, OnnxTensor>? Find(string name) => ByName.GetValueOrDefault(name);

    private static double[] Dims(Shape shape) => [shape.N, shape.C, shape.H, shape.W];

    private static OnnxTensor Integers(double[] values) => CreateTensor([values.Length], values, isInteger: true);

    private static OnnxTensor CreateTensor(IReadOnlyList<int> dims, double[] values, bool isInteger) => isInteger
        ? OnnxTensor.Create("", dims, [.. values.Select(value => (long)value)])
        : OnnxTensor.Create("", dims, [.. values.Select(value => (float)value)]);

    private static OnnxTensor Constant(OnnxCall call)
    {
        OnnxAttribute[] given =
        [
            .. ConstantNames.Select(call.Attribute).OfType<OnnxAttribute>(),
        ];
        return given switch
        {
            [{ Tensor: { } tensor }] => tensor with { Name = call.ResultName },
            [{ Integer: { } number }] => CreateTensor([], [number], isInteger: true),
            [{ Float: { } number }] => CreateTensor([], [number], isInteger: false),
            [{ Integers: { Count: > 0 and <= MaxNumbers } numbers }] =>
                Integers([.. numbers.Select(number => (double)number)]),
            [{ Floats: { Count: > 0 and <= MaxNumbers } numbers }] =>
                CreateTensor([numbers.Count], [.. numbers.Select(number => (double)number)], isInteger: false),
            _ => throw call.CreateException("it has no value that can be used"),
        };
    }

    private static OnnxTensor Cast(OnnxCall call)
    {
        OnnxTensor tensor = call.Tensor(0);
        bool toInteger = OnnxTensor.IsIntegerType((int)Math.Clamp(call.Integer("to", 0), 0, byte.MaxValue));
        return toInteger == tensor.IsInteger
            ? tensor
            : CreateTensor(tensor.Dims, [.. call.Numbers(0).Select(x => toInteger ? Math.Truncate(x) : x)], toInteger);
    }

    private static OnnxTensor MapUnary(OnnxCall call, Func<double, double> function) =>
        CreateTensor(call.Tensor(0).Dims, [.. call.Numbers(0).Select(function)], call.Tensor(0).IsInteger);

    /// <summary>Two arrays of one length, or an array and a single number.</summary>
    private static OnnxTensor MapBinary(OnnxCall call, Func<double, double, double> function)
    {
        (double[] a, double[] b) = (call.Numbers(0), call.Numbers(1));
        if (a.Length != b.Length && a.Length != 1 && b.Length != 1)
        {
            throw call.CreateException($"{a.Length} and {b.Length} numbers do not fit each other");
        }

        (IReadOnlyList<int> first, IReadOnlyList<int> second) = (call.Tensor(0).Dims, call.Tensor(1).Dims);
        bool isFirst = a.Length > b.Length || (a.Length == b.Length && first.Count >= second.Count);
        int count = a.Length == 1 ? b.Length : a.Length;
        double[] values = [.. Enumerable.Range(0, count).Select(i => function(a[i % a.Length], b[i % b.Length]))];
        return CreateTensor(isFirst ? first : second, values, call.Tensor(0).IsInteger && call.Tensor(1).IsInteger);
    }

    private static double Divide(OnnxCall call, double a, double b)
    {
        double quotient = a / RequireNotZero(call, b);
        return call.Tensor(0).IsInteger && call.Tensor(1).IsInteger ? Math.Truncate(quotient) : quotient;
    }

    private static double RequireNotZero(OnnxCall call, double divisor) =>
        divisor != 0 ? divisor : throw call.CreateException("division by zero");

    /// <summary>An array of rows: what lies behind its first index is kept together.</summary>
    private static (double[][] Rows, int[] RowDims) Rows(OnnxCall call, int index)
    {
        OnnxTensor tensor = call.Tensor(index);
        double[] numbers = call.Numbers(index);
        return tensor.Dims.Count == 0 || tensor.Dims[0] == 0
            ? ([.. numbers.Select(number => new[] { number })], [])
            : ([.. numbers.Chunk(Math.Max(1, numbers.Length / tensor.Dims[0]))], [.. tensor.Dims.Skip(1)]);
    }

    private static OnnxTensor Stack(
        OnnxCall call, IReadOnlyList<int> leading, double[][] rows, int[] rowDims, bool isInteger) =>
        rows.Sum(row => (long)row.Length) <= MaxNumbers && leading.Count + rowDims.Length <= 8
            ? CreateTensor([.. leading, .. rowDims], [.. rows.SelectMany(row => row)], isInteger)
            : throw call.CreateException("too many numbers");

    private static OnnxTensor Gather(OnnxCall call)
    {
        call.RequireValue("axis", 0);
        (double[][] rows, int[] rowDims) = Rows(call, 0);
        double[] indices = call.Numbers(1);
        return indices.All(i => i >= -rows.Length && i < rows.Length)
            ? Stack(
                call,
                call.Tensor(1).Dims,
                [.. indices.Select(i => rows[(int)(i < 0 ? i + rows.Length : i)])],
                rowDims,
                call.Tensor(0).IsInteger)
            : throw call.CreateException("an index is outside of the array");
    }

    private static OnnxTensor Concat(OnnxCall call)
    {
        if (call.InputCount == 0 || (call.Integer("axis", 0) != 0 && call.Tensor(0).Dims.Count > 1))
        {
            throw call.CreateException("only the first axis is supported");
        }

        (double[][] Rows, int[] RowDims)[] parts = [.. Enumerable.Range(0, call.InputCount).Select(i => Rows(call, i))];
        double[][] rows = [.. parts.SelectMany(part => part.Rows)];
        return parts.All(part => part.RowDims.SequenceEqual(parts[0].RowDims))
            ? Stack(call, [rows.Length], rows, parts[0].RowDims, call.Tensor(0).IsInteger)
            : throw call.CreateException("arrays of different sizes");
    }

    private static OnnxTensor Slice(OnnxCall call)
    {
        (double[][] rows, int[] rowDims) = Rows(call, 0);
        bool isFirstAxis = (call.Numbers(3, "axes") ?? [0]) is [var axis] && (axis == 0 || axis == -1 - rowDims.Length);
        double step = call.HasInput(4) && call.Numbers(4) is [var given] ? given : 1;
        if (!isFirstAxis || call.Numbers(1, "starts") is not [var start] || call.Numbers(2, "ends") is not [var end]
            || Math.Abs(step) is not (>= 1 and <= MaxNumbers))
        {
            throw call.CreateException("only one part of the first axis is supported");
        }

        // Backwards, the end lies before the first row.
        (double min, double max) = step > 0 ? (0, rows.Length) : (-1, rows.Length - 1);
        start = Math.Clamp(start < 0 ? start + rows.Length : start, step > 0 ? 0 : -1, max);
        end = Math.Clamp(end < 0 ? end + rows.Length : end, min, max);
        List<double[]> taken = [];
        for (double i = start; step > 0 ? i < end : i > end; i += step)
        {
            taken.Add(rows[(int)i]);
        }

        return Stack(call, [taken.Count], [.. taken], rowDims, call.Tensor(0).IsInteger);
    }

    private static OnnxTensor Unsqueeze(OnnxCall call)
    {
        List<int> dims = [.. call.Tensor(0).Dims];
        double[] axes = call.Numbers(1, "axes") ?? [];
        int rank = dims.Count + axes.Length;
        foreach (double axis in axes.Select(axis => axis < 0 ? axis + rank : axis).Order())
        {
            bool isThere = axis >= 0 && axis <= dims.Count && rank <= 8;
            dims.Insert(isThere ? (int)axis : throw call.CreateException("there is no such axis"), 1);
        }

        return WithDims(call, dims);
    }

    private static OnnxTensor Squeeze(OnnxCall call)
    {
        IReadOnlyList<int> dims = call.Tensor(0).Dims;
        double[]? axes = call.Numbers(1, "axes");
        return WithDims(call, [.. dims.Where((size, i) => size != 1 || !IsNamed(i))]);

        bool IsNamed(int i) => axes is null || axes.Contains(i) || axes.Contains(i - dims.Count);
    }

    private static OnnxTensor Reshape(OnnxCall call)
    {
        OnnxTensor tensor = call.Tensor(0);
        double[] asked = call.Numbers(1);
        double known = asked.Where(size => size > 0).Aggregate(1.0, (product, size) => product * size);
        bool isPlausible = asked.Length <= 8 && asked.All(size => size is -1 or (>= 1 and <= MaxNumbers));
        if (!isPlausible || asked.Count(size => size == -1) > 1)
        {
            throw call.CreateException("the sizes make no sense");
        }

        return WithDims(call, [.. asked.Select(size => (int)(size == -1 ? Math.Floor(tensor.Count / known) : size))]);
    }

    private static OnnxTensor WithDims(OnnxCall call, IReadOnlyList<int> dims)
    {
        OnnxTensor tensor = call.Tensor(0);
        return dims.Aggregate(1.0, (product, size) => product * size) == tensor.Count
            ? tensor with { Dims = dims }
            : throw call.CreateException($"{tensor.Count} numbers do not fill ({string.Join(", ", dims)})");
    }

    private static OnnxTensor Transpose(OnnxCall call)
    {
        (double[][] rows, int[] rowDims) = Rows(call, 0);
        bool isTurned = call.Integers("perm") is [1, 0] or [];
        return isTurned && rowDims.Length == 1 && rows.Length > 0
            ? CreateTensor(
                [rowDims[0], rows.Length],
                [.. Enumerable.Range(0, rowDims[0]).SelectMany(column => rows.Select(row => row[column]))],
                call.Tensor(0).IsInteger)
            : throw call.CreateException("only rows and columns can change places");
    }

    private static OnnxTensor ConstantOfShape(OnnxCall call)
    {
        double[] dims = call.Numbers(0);
        double count = dims.Aggregate(1.0, (product, size) => product * size);
        OnnxTensor? value = call.Attribute("value")?.Tensor;
        return dims.Length <= 8 && dims.All(size => size >= 0) && count <= MaxNumbers && value is null or { Count: 1 }
            ? CreateTensor(
                [.. dims.Select(size => (int)size)],
                [.. Enumerable.Repeat((double)(value?.ToFloats()[0] ?? 0), (int)count)],
                value?.IsInteger ?? false)
            : throw call.CreateException("too many numbers");
    }

    private static OnnxTensor Range(OnnxCall call)
    {
        if (call.Numbers(0) is [var start] && call.Numbers(1) is [var limit] && call.Numbers(2) is [var step and not 0]
            && (limit - start) / step is <= MaxNumbers and var count)
        {
            int length = (int)Math.Max(0, Math.Ceiling(count));
            double[] values = [.. Enumerable.Range(0, length).Select(i => start + (i * step))];
            return CreateTensor([values.Length], values, call.Tensor(0).IsInteger);
        }

        throw call.CreateException("too many numbers");
    }
}
