using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// ONNX's arithmetic, of maps with one another and with arrays, whose sizes of 1 count for every place of the other
/// (https://onnx.ai/onnx/repo-docs/Broadcasting.html).
/// </summary>
internal static class OnnxArithmetic
{
    private const int MaxNumbers = 1 << 22;

    /// <summary>Add.</summary>
    public static OnnxMap Add(OnnxCall call) =>
        !call.IsMap(0) ? Shift(call, call.Read(1), call.Tensor(0))
        : !call.IsMap(1) ? Shift(call, call.Read(0), call.Tensor(1))
        : Sum(call.Read(0), call.Read(1));

    /// <summary>Sub.</summary>
    public static OnnxMap Subtract(OnnxCall call) =>
        !call.IsMap(0) ? Shift(call, Negate(call.Read(1)), call.Tensor(0))
        : !call.IsMap(1) ? Shift(call, call.Read(0), call.Tensor(1), value => -value)
        : Difference(call.Read(0), call.Read(1));

    /// <summary>Mul.</summary>
    public static OnnxMap Multiply(OnnxCall call) =>
        !call.IsMap(0) ? Scale(call, call.Read(1), call.Tensor(0))
        : !call.IsMap(1) ? Scale(call, call.Read(0), call.Tensor(1))
        : Product(call.Read(0), call.Read(1));

    /// <summary>Div.</summary>
    public static OnnxMap Divide(OnnxCall call) =>
        !call.IsMap(1) ? Scale(call, call.Read(0), call.Tensor(1), value => 1 / value)
        : !call.IsMap(0) ? Scale(call, Apply(call.Read(1), FunctionKind.Reciprocal), call.Tensor(0))
        : Product(call.Read(0), Apply(call.Read(1), FunctionKind.Reciprocal));

    /// <summary>Pow: of a map by a number, or of a number above 0 by a map.</summary>
    public static OnnxMap Power(OnnxCall call)
    {
        if (call.IsMap(0) && !call.IsMap(1) && FindNumber(call.Tensor(1)) is { } exponent)
        {
            OnnxMap x = call.Read(0);
            return exponent switch
            {
                1 => x,
                2 => Product(x, x),
                0.5f => Apply(x, FunctionKind.Sqrt),
                -1 => Apply(x, FunctionKind.Reciprocal),
                _ => x.With(new Function(x.Value, FunctionKind.Power, exponent).Output),
            };
        }

        return call.IsMap(1) && !call.IsMap(0) && FindNumber(call.Tensor(0)) is > 0 and var root
            ? Apply(call.Read(1).With(Affine(call.Read(1).Value, MathF.Log(root), 0)), FunctionKind.Exp)
            : throw call.CreateException("only powers by one number, or of one above 0, are supported");
    }

    /// <summary>Mod: the rest of a division, which has the divisor's sign, or with fmod the dividend's.</summary>
    public static OnnxMap Modulo(OnnxCall call)
    {
        (OnnxMap a, OnnxMap b) = (call.Read(0), call.Read(1));
        OnnxMap quotient = Product(a, Apply(b, FunctionKind.Reciprocal));
        FunctionKind rounding = call.Integer("fmod", 0) == 0 ? FunctionKind.Floor : FunctionKind.Truncate;
        return Difference(a, Product(Apply(quotient, rounding), b));
    }

    /// <summary>Max: a + max(b − a, 0).</summary>
    public static OnnxMap Maximum(OnnxCall call) => Fold(call, 1);

    /// <summary>Min: −max(−a, −b).</summary>
    public static OnnxMap Minimum(OnnxCall call) => Fold(call, -1);

    /// <summary>Sum.</summary>
    public static OnnxMap SumAll(OnnxCall call) =>
        Enumerable.Range(1, call.InputCount - 1).Aggregate(call.Read(0), (sum, i) => Sum(sum, call.Read(i)));

    /// <summary>Mean.</summary>
    public static OnnxMap MeanOfAll(OnnxCall call) =>
        SumAll(call) is var sum ? sum.With(Affine(sum.Value, 1f / call.InputCount, 0)) : sum;

    /// <summary>Clip, ReLU6 among it.</summary>
    public static OnnxMap Clip(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        (float min, float max) = (GetBound(call, 1, "min", float.MinValue), GetBound(call, 2, "max", float.MaxValue));
        return min == 0 && max is < float.MaxValue and > 0 ? x.With(x.Value.Clamp(max)) : Between(x, min, max);
    }

    /// <summary>Where: a where the condition holds, b elsewhere.</summary>
    public static OnnxMap Where(OnnxCall call)
    {
        OnnxMap condition = ToBoolean(call.Read(0));
        return Sum(
            call.IsMap(1) ? Product(condition, call.Read(1)) : Scale(call, condition, call.Tensor(1)),
            call.IsMap(2) ? Product(Not(condition), call.Read(2)) : Scale(call, Not(condition), call.Tensor(2)));
    }

    /// <summary>Greater, Less, and with equality.</summary>
    public static OnnxMap Compare(OnnxCall call) => call.Operation switch
    {
        "Greater" => Apply(Difference(call.Read(0), call.Read(1)), FunctionKind.Step),
        "Less" => Apply(Difference(call.Read(1), call.Read(0)), FunctionKind.Step),
        "GreaterOrEqual" => Not(Apply(Difference(call.Read(1), call.Read(0)), FunctionKind.Step)),
        _ => Not(Apply(Difference(call.Read(0), call.Read(1)), FunctionKind.Step)),
    };

    /// <summary>Equal.</summary>
    public static OnnxMap AreEqual(OnnxCall call) => Not(ToBoolean(Difference(call.Read(0), call.Read(1))));

    /// <summary>And, of 0 and 1.</summary>
    public static OnnxMap And(OnnxCall call) => Product(call.Read(0), call.Read(1));

    /// <summary>Or, of 0 and 1.</summary>
    public static OnnxMap Or(OnnxCall call) => Not(Product(Not(call.Read(0)), Not(call.Read(1))));

    /// <summary>Xor, of 0 and 1.</summary>
    public static OnnxMap Xor(OnnxCall call) => ToBoolean(Difference(call.Read(0), call.Read(1)));

    /// <summary>1 − x, of 0 and 1.</summary>
    public static OnnxMap Not(OnnxMap x) => x.With(Affine(x.Value, -1, 1));

    /// <summary>1 for all but 0.</summary>
    public static OnnxMap ToBoolean(OnnxMap x) => Apply(Apply(x, FunctionKind.Sign), FunctionKind.Abs);

    /// <summary>A function of each value.</summary>
    public static OnnxMap Apply(OnnxMap x, FunctionKind kind) => x.With(new Function(x.Value, kind).Output);

    /// <summary>−x.</summary>
    public static OnnxMap Negate(OnnxMap x) => x.With(Affine(x.Value, -1, 0));

    /// <summary>a + b.</summary>
    public static OnnxMap Sum(OnnxMap a, OnnxMap b)
    {
        (OnnxMap whole, Value other) = Align(a, b);
        return whole.With(whole.Value + Repeat(other, whole.Value.Shape.C, whole.Value));
    }

    /// <summary>a − b.</summary>
    public static OnnxMap Difference(OnnxMap a, OnnxMap b) => Sum(a, Negate(b));

    /// <summary>a · b.</summary>
    public static OnnxMap Product(OnnxMap a, OnnxMap b)
    {
        (OnnxMap whole, Value other) = Align(a, b);
        Value gate = Repeat(other, other.Shape.C, whole.Value);
        return whole.With(gate.Shape.C == 1 ? whole.Value.Gate(gate) : whole.Value * gate);
    }

    /// <summary>A map times an array.</summary>
    public static OnnxMap Scale(OnnxCall call, OnnxMap x, OnnxTensor by, Func<float, float>? function = null)
    {
        (OnnxMap map, float[] scales) = Spread(call, x, by, function);
        return map.With(Affine(map.Value, CreateVector(scales), call.Fill(scales.Length, 0), call));
    }

    /// <summary>A map and an array together.</summary>
    public static OnnxMap Shift(OnnxCall call, OnnxMap x, OnnxTensor by, Func<float, float>? function = null)
    {
        (OnnxMap map, float[] shifts) = Spread(call, x, by, function);
        return map.With(Affine(map.Value, call.Fill(shifts.Length, 1), CreateVector(shifts), call));
    }

    /// <summary>A number times a map, and another one more.</summary>
    public static Value Affine(Value x, float scale, float shift) => new BatchNorm(x, new BatchNormParameters(
        CreateVector([.. Enumerable.Repeat(scale, x.Shape.C)]),
        CreateVector([.. Enumerable.Repeat(shift, x.Shape.C)]),
        CreateVector(new float[x.Shape.C]),
        CreateVector([.. Enumerable.Repeat(1f, x.Shape.C)]),
        CreateVector([0]),
        Momentum: 0,
        Epsilon: 0)).Output;

    /// <summary>A map between two numbers.</summary>
    public static OnnxMap Between(OnnxMap x, float min, float max)
    {
        Value above = min <= float.MinValue ? x.Value : new Function(x.Value, FunctionKind.Maximum, min).Output;
        return x.With(max >= float.MaxValue ? above : new Function(above, FunctionKind.Minimum, max).Output);
    }

    /// <summary>The number that an array consists of; null if there are several.</summary>
    public static float? FindNumber(OnnxTensor tensor) =>
        tensor.Count > 0 && tensor.ToFloats() is var numbers && numbers.All(number => number == numbers[0])
            ? numbers[0]
            : null;

    /// <summary>An affine map of each channel is a batch norm of mean 0 and variance 1.</summary>
    private static Value Affine(Value x, Parameter scales, Parameter shifts, OnnxCall call) =>
        new BatchNorm(x, new BatchNormParameters(
            scales,
            shifts,
            call.Fill(x.Shape.C, 0),
            call.Fill(x.Shape.C, 1),
            call.Fill(1, 0),
            Momentum: 0,
            Epsilon: 0)).Output;

    private static Parameter CreateVector(float[] values) => OnnxCall.Constant([values.Length], values);

    private static float GetBound(OnnxCall call, int index, string name, float defaultValue) => !call.HasInput(index)
        ? call.Float(name, defaultValue)
        : call.Numbers(index) is [var number] ? (float)number
        : throw call.CreateException("a bound must be one number");

    private static OnnxMap Fold(OnnxCall call, int sign)
    {
        OnnxMap? result = null;
        FunctionKind kind = sign > 0 ? FunctionKind.Maximum : FunctionKind.Minimum;
        foreach (int i in Enumerable.Range(0, call.InputCount).OrderBy(i => call.IsMap(i) ? 0 : 1))
        {
            result = result is null ? call.Read(i)
                : !call.IsMap(i) && FindNumber(call.Tensor(i)) is { } bound && call.Tensor(i).Count == 1
                    ? result.With(new Function(result.Value, kind, bound).Output)
                : sign > 0 ? Greater(result, call.Read(i))
                : Negate(Greater(Negate(result), Negate(call.Read(i))));
        }

        return result!;

        static OnnxMap Greater(OnnxMap a, OnnxMap b)
        {
            OnnxMap more = Difference(b, a);
            return Sum(a, more.With(more.Value.Relu()));
        }
    }

    /// <summary>
    /// Two tensors over maps whose axes run the same way: one of all sizes, and the other's map with sizes of 1 where
    /// its values count for every place.
    /// </summary>
    private static (OnnxMap Whole, Value Other) Align(OnnxMap a, OnnxMap b)
    {
        int rank = Math.Max(a.Axes.Rank, b.Axes.Rank);
        (a, b) = (a.WithRank(rank), b.WithRank(rank));
        int[] dims = Broadcast(a.Dims, b.Dims);
        if (!a.Dims.SequenceEqual(dims) && b.Dims.SequenceEqual(dims))
        {
            (a, b) = (b, a);
        }

        a = a.Expand(dims);
        if (a.Axes.Follow(b.Axes) is not { } parts)
        {
            int[] axes = [.. Enumerable.Range(0, rank)];
            a = a.Arrange(axes[..^1], [], axes[^1..]);
            b = b.Arrange(axes[..^1], [], axes[^1..]);
            parts = a.Axes.Follow(b.Axes)
                ?? throw new InvalidDataException($"({string.Join(", ", b.Dims)}) does not fit the other map");
        }

        return (a, b.Move([.. parts.Select(axis => axis.All(part => part.Stride == 0) ? [] : axis)]));
    }

    private static int[] Broadcast(IReadOnlyList<int> a, IReadOnlyList<int> b) =>
    [
        .. a.Zip(b, (one, other) => one == other || other == 1 ? one
            : one == 1 ? other
            : throw new InvalidDataException(
                $"maps of ({string.Join(", ", a)}) and ({string.Join(", ", b)}) do not fit each other")),
    ];

    /// <summary>A map with its single row, column or channel repeated.</summary>
    private static Value Repeat(Value x, int channels, Value over)
    {
        Value pixels = x.ResizeNearest(over.Shape.H, over.Shape.W);
        return pixels.Shape.C == channels ? pixels : new Rearrange(pixels, [
            [new AxisPart(0, pixels.Shape.N, 1)],
            [new AxisPart(1, channels, 0)],
            [new AxisPart(2, pixels.Shape.H, 1)],
            [new AxisPart(3, pixels.Shape.W, 1)],
        ]).Output;
    }

    /// <summary>The numbers of an array for the channels of a map, whose values are moved where they are for others.
    /// What is infinite, as in masks, becomes the greatest number: 0 times it is 0.</summary>
    private static (OnnxMap Map, float[] Numbers) Spread(
        OnnxCall call, OnnxMap x, OnnxTensor tensor, Func<float, float>? function)
    {
        if (tensor.Count is < 1 or > MaxNumbers)
        {
            throw call.CreateException($"computing with arrays of {tensor.Count} numbers is not supported");
        }

        float[] numbers =
        [
            .. tensor.ToFloats().Select(function ?? (value => value))
                .Select(value => Math.Clamp(value, float.MinValue, float.MaxValue)),
        ];
        int rank = Math.Max(x.Axes.Rank, tensor.Dims.Count);
        int[] dims = [.. Enumerable.Repeat(1, rank - tensor.Dims.Count), .. tensor.Dims];
        OnnxMap map = x.WithRank(rank);
        map = map.Expand(Broadcast(map.Dims, dims));
        int[] varying = [.. Enumerable.Range(0, rank).Where(axis => dims[axis] > 1)];
        if (varying.Any(axis => map.Axes.Axes[axis].Any(part => part.Axis != 1)))
        {
            map = map.WithChannels(varying);
        }

        return (
            map, [.. Enumerable.Range(0, map.Value.Shape.C).Select(c => numbers[map.Axes.FindIndex(varying, c)])]);
    }
}
