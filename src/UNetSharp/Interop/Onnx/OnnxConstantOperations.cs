namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's operations on constants and sizes, computed at once: the arithmetic with which exporters say to which size a
/// map is resized or padded, and what is done to weights before they are used.
/// </summary>
internal static class OnnxConstantOperations
{
    private static readonly string[] ConstantNames =
        ["value", "value_int", "value_ints", "value_float", "value_floats"];

    private static readonly Dictionary<string, Func<OnnxCall, OnnxTensor>> ByName = new()
    {
        ["Constant"] = Constant,
        ["Shape"] = Shape,
        ["Size"] = Size,
        ["Identity"] = call => call.Tensor(0),
        ["Cast"] = Cast,
        ["CastLike"] = call => Convert(call.Tensor(0), call.Tensor(1).IsInteger),
        ["Dropout"] = call => call.Tensor(0),
        ["Floor"] = call => Map(call, Math.Floor),
        ["Ceil"] = call => Map(call, Math.Ceiling),
        ["Round"] = call => Map(call, x => Math.Round(x, MidpointRounding.ToEven)),
        ["Neg"] = call => Map(call, x => -x),
        ["Abs"] = call => Map(call, Math.Abs),
        ["Sign"] = call => Map(call, x => Math.Sign(x)),
        ["Sqrt"] = call => Map(call, Math.Sqrt),
        ["Exp"] = call => Map(call, Math.Exp),
        ["Log"] = call => Map(call, Math.Log),
        ["Sin"] = call => Map(call, Math.Sin),
        ["Cos"] = call => Map(call, Math.Cos),
        ["Tanh"] = call => Map(call, Math.Tanh),
        ["Reciprocal"] = call => Map(call, x => 1 / x),
        ["Sigmoid"] = call => Map(call, x => 1 / (1 + Math.Exp(-x))),
        ["Relu"] = call => Map(call, x => Math.Max(x, 0)),
        ["Not"] = call => Map(call, x => x == 0 ? 1 : 0),
        ["Add"] = call => Combine(call, (a, b) => a + b),
        ["Sub"] = call => Combine(call, (a, b) => a - b),
        ["Mul"] = call => Combine(call, (a, b) => a * b),
        ["Div"] = call => Combine(call, (a, b) => Divide(call, a, b)),
        ["Mod"] = call => Combine(call, (a, b) => Modulo(call, a, b)),
        ["Pow"] = call => Combine(call, Math.Pow),
        ["Min"] = call => Combine(call, Math.Min),
        ["Max"] = call => Combine(call, Math.Max),
        ["Sum"] = call => Combine(call, (a, b) => a + b),
        ["Less"] = call => Combine(call, (a, b) => a < b ? 1 : 0),
        ["LessOrEqual"] = call => Combine(call, (a, b) => a <= b ? 1 : 0),
        ["Greater"] = call => Combine(call, (a, b) => a > b ? 1 : 0),
        ["GreaterOrEqual"] = call => Combine(call, (a, b) => a >= b ? 1 : 0),
        ["Equal"] = call => Combine(call, (a, b) => a == b ? 1 : 0),
        ["And"] = call => Combine(call, (a, b) => a != 0 && b != 0 ? 1 : 0),
        ["Or"] = call => Combine(call, (a, b) => a != 0 || b != 0 ? 1 : 0),
        ["Xor"] = call => Combine(call, (a, b) => a != 0 ^ b != 0 ? 1 : 0),
        ["Where"] = Where,
        ["Clip"] = Clip,
        ["ReduceSum"] = call => Reduce(call, values => values.Sum()),
        ["ReduceProd"] = call => Reduce(call, values => values.Aggregate(1.0, (product, value) => product * value)),
        ["ReduceMean"] = call => Reduce(call, values => values.Average()),
        ["ReduceMax"] = call => Reduce(call, values => values.Max()),
        ["ReduceMin"] = call => Reduce(call, values => values.Min()),
        ["Gather"] = OnnxArrayOperations.Gather,
        ["Concat"] = OnnxArrayOperations.Concat,
        ["Slice"] = OnnxArrayOperations.Slice,
        ["Split"] = OnnxArrayOperations.Split,
        ["Unsqueeze"] = OnnxArrayOperations.Unsqueeze,
        ["Squeeze"] = OnnxArrayOperations.Squeeze,
        ["Flatten"] = OnnxArrayOperations.Flatten,
        ["Reshape"] = OnnxArrayOperations.Reshape,
        ["Transpose"] = OnnxArrayOperations.Transpose,
        ["Expand"] = OnnxArrayOperations.Expand,
        ["Tile"] = OnnxArrayOperations.Tile,
        ["ConstantOfShape"] = ConstantOfShape,
        ["Range"] = Range,
        ["DequantizeLinear"] = OnnxQuantization.DequantizeArray,
        ["DynamicQuantizeLinear"] = OnnxQuantization.GetDynamicScale,
    };

    /// <summary>The names of all that are known.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>How an operation is computed; null if it is not known.</summary>
    public static Func<OnnxCall, OnnxTensor>? Find(string name) => ByName.GetValueOrDefault(name);

    private static OnnxTensor Integers(double[] values) =>
        new NumberArray([values.Length], values, IsInteger: true).ToTensor();

    private static OnnxTensor Constant(OnnxCall call)
    {
        OnnxAttribute[] given =
        [
            .. ConstantNames.Select(call.Attribute).OfType<OnnxAttribute>(),
        ];
        return given switch
        {
            [{ Tensor: { } tensor }] => tensor with { Name = call.ResultName },
            [{ Integer: { } number }] => Integers([number]) with { Dims = [] },
            [{ Float: { } number }] => OnnxTensor.Create("", [], [number]),
            [{ Integers: { Count: > 0 and <= NumberArray.MaxCount } numbers }] =>
                Integers([.. numbers.Select(number => (double)number)]),
            [{ Floats: { Count: > 0 and <= NumberArray.MaxCount } numbers }] =>
                OnnxTensor.Create("", [numbers.Count], [.. numbers]),
            _ => throw call.CreateException("it has no value that can be used"),
        };
    }

    /// <summary>Shape, or a part of it.</summary>
    private static OnnxTensor Shape(OnnxCall call)
    {
        IReadOnlyList<int> dims = call.Dims(0);
        int start = Bounded(call.Integer("start", 0));
        int end = Bounded(call.Integer("end", dims.Count));
        return Integers([.. dims.Take(end).Skip(start).Select(size => (double)size)]);

        int Bounded(long axis) => (int)Math.Clamp(axis < 0 ? axis + dims.Count : axis, 0, dims.Count);
    }

    private static OnnxTensor Size(OnnxCall call) =>
        Integers([call.Dims(0).Aggregate(1.0, (product, size) => product * size)]) with { Dims = [] };

    private static OnnxTensor Cast(OnnxCall call)
    {
        int type = (int)Math.Clamp(call.Integer("to", 0), 0, byte.MaxValue);
        return type == OnnxTensor.BooleanType
            ? Map(call, x => x == 0 ? 0 : 1)
            : Convert(call.Tensor(0), OnnxTensor.IsIntegerType(type));
    }

    /// <summary>All floating-point formats count as one.</summary>
    private static OnnxTensor Convert(OnnxTensor tensor, bool toInteger) => toInteger == tensor.IsInteger
        ? tensor
        : NumberArray.Read(tensor).Map(x => toInteger ? Math.Truncate(x) : x, toInteger).ToTensor();

    private static OnnxTensor Map(OnnxCall call, Func<double, double> function)
    {
        var array = NumberArray.Read(call.Tensor(0));
        return array.Map(function, array.IsInteger).ToTensor();
    }

    private static OnnxTensor Combine(OnnxCall call, Func<double, double, double> function) =>
        Enumerable.Range(1, Math.Max(0, call.InputCount - 1)).Aggregate(
            NumberArray.Read(call.Tensor(0)),
            (result, i) => NumberArray.Combine(result, NumberArray.Read(call.Tensor(i)), function)).ToTensor();

    private static OnnxTensor Where(OnnxCall call)
    {
        NumberArray condition = NumberArray.Read(call.Tensor(0)).Map(x => x == 0 ? 0 : 1, isInteger: true);
        (NumberArray a, NumberArray b) = (NumberArray.Read(call.Tensor(1)), NumberArray.Read(call.Tensor(2)));

        // What is not taken may be infinite: it is taken out before the sum.
        NumberArray taken = NumberArray.Combine(condition, a, (c, x) => c == 0 ? 0 : x);
        NumberArray others = NumberArray.Combine(condition, b, (c, x) => c == 0 ? x : 0);
        return (NumberArray.Combine(taken, others, (x, y) => x + y) with { IsInteger = a.IsInteger }).ToTensor();
    }

    private static OnnxTensor Clip(OnnxCall call)
    {
        double min = call.HasInput(1) ? call.Numbers(1)[0] : call.Float("min", float.MinValue);
        double max = call.HasInput(2) ? call.Numbers(2)[0] : call.Float("max", float.MaxValue);
        return Map(call, x => Math.Min(Math.Max(x, min), max));
    }

    private static double Divide(OnnxCall call, double a, double b)
    {
        bool isInteger = call.Tensor(0).IsInteger && call.Tensor(1).IsInteger;
        return isInteger && b == 0 ? throw call.CreateException("division by zero")
            : isInteger ? Math.Truncate(a / b)
            : a / b;
    }

    private static double Modulo(OnnxCall call, double a, double b) =>
        b == 0 ? throw call.CreateException("division by zero")
        : call.Integer("fmod", 0) != 0 ? Math.IEEERemainder(a, b) is var rest && rest * a < 0 ? rest + b : a % b
        : a - (b * Math.Floor(a / b));

    private static OnnxTensor Reduce(OnnxCall call, Func<IEnumerable<double>, double> function)
    {
        var array = NumberArray.Read(call.Tensor(0));
        int rank = array.Dims.Count;
        int[] axes = call.Axes(1, "axes", rank) ?? [.. Enumerable.Range(0, rank)];
        if (array.Values.Length == 0)
        {
            throw call.CreateException("there is nothing to reduce");
        }

        int[] left = [.. Enumerable.Range(0, rank).Except(axes)];
        NumberArray rows = array.Permute([.. left, .. axes]);
        int size = axes.Aggregate(1, (product, axis) => product * array.Dims[axis]);
        double[] values = [.. rows.Values.Chunk(size).Select(function)];
        bool keeps = call.Integer("keepdims", 1) != 0;
        IEnumerable<int> dims = keeps
            ? array.Dims.Select((count, axis) => axes.Contains(axis) ? 1 : count)
            : left.Select(axis => array.Dims[axis]);
        return new NumberArray([.. dims], values, array.IsInteger).ToTensor();
    }

    private static OnnxTensor ConstantOfShape(OnnxCall call)
    {
        double[] dims = call.Numbers(0);
        double count = dims.Aggregate(1.0, (product, size) => product * size);
        OnnxTensor? value = call.Attribute("value")?.Tensor;
        return dims.Length <= OnnxTensor.MaxDims && dims.All(size => size >= 0) && count <= NumberArray.MaxCount
            && value is null or { Count: 1 }
            ? new NumberArray(
                [.. dims.Select(size => (int)size)],
                [.. Enumerable.Repeat((double)(value?.ToFloats()[0] ?? 0), (int)count)],
                value?.IsInteger ?? false).ToTensor()
            : throw call.CreateException("too many numbers");
    }

    private static OnnxTensor Range(OnnxCall call)
    {
        if (call.Numbers(0) is [var start] && call.Numbers(1) is [var limit] && call.Numbers(2) is [var step and not 0]
            && (limit - start) / step is <= NumberArray.MaxCount and var count)
        {
            int length = (int)Math.Max(0, Math.Ceiling(count));
            double[] values = [.. Enumerable.Range(0, length).Select(i => start + (i * step))];
            return new NumberArray([values.Length], values, call.Tensor(0).IsInteger).ToTensor();
        }

        throw call.CreateException("too many numbers");
    }
}
