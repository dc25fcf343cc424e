using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Graph;

/// <summary>Functions of one number, and operations that move or weigh values, against their definitions.</summary>
public sealed class FunctionTests
{
    private static readonly Shape Odd = Shape.Nchw(2, 11, 3, 3);

    public static TheoryData<FunctionKind, float> Kinds => new()
    {
        { FunctionKind.Abs, 0 },
        { FunctionKind.Cosine, 0 },
        { FunctionKind.Elu, 1 },
        { FunctionKind.Elu, 0.5f },
        { FunctionKind.Erf, 0 },
        { FunctionKind.Exp, 0 },
        { FunctionKind.GeluTanh, 0 },
        { FunctionKind.Log, 0 },
        { FunctionKind.Maximum, -0.31f },
        { FunctionKind.Minimum, 0.43f },
        { FunctionKind.Power, 2 },
        { FunctionKind.Power, 3 },
        { FunctionKind.Power, 0.5f },
        { FunctionKind.Power, -0.5f },
        { FunctionKind.Reciprocal, 0 },
        { FunctionKind.Sine, 0 },
        { FunctionKind.Softplus, 0 },
        { FunctionKind.Sqrt, 0 },
        { FunctionKind.Tanh, 0 },
    };

    public static TheoryData<FunctionKind> Steps =>
    [
        FunctionKind.Ceiling, FunctionKind.Floor, FunctionKind.Round, FunctionKind.Sign, FunctionKind.Step,
        FunctionKind.Truncate,
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Value_is_the_function_s(FunctionKind kind, float constant)
    {
        Tensor x = Points(kind, constant, range: 4);
        float[] y = Run(value => new Function(value, kind, constant).Output, x);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = Twin(kind, x.Data[i], constant);
            Assert.True(
                Math.Abs(y[i] - expected) <= 1e-6 * (1 + Math.Abs(expected)),
                $"{kind}({x.Data[i]}): {y[i]} instead of {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradient_is_the_function_s(FunctionKind kind, float constant) => GradientCheck.Verify(
        value => new Function(value[0], kind, constant).Output, Points(kind, constant, range: 1.2f));

    [Theory]
    [MemberData(nameof(Steps))]
    public void Functions_with_steps_are_exact_and_have_no_slope(FunctionKind kind)
    {
        Tensor x = Points(kind, 0, range: 4);
        float[] halves = [0.5f, 1.5f, -0.5f, -1.5f, 0, -0f, 2, -2];
        halves.CopyTo(x.Data);
        float[] y = Run(value => new Function(value, kind).Output, x);
        Assert.Equal(x.Data.ToArray().Select(value => (float)Twin(kind, value, 0)), y);
        GradientCheck.Verify(value => new Function(value[0], kind).Output, TestTensors.Distinct(Odd, seed: 1));
    }

    [Fact]
    public void Extreme_numbers_stay_what_they_are()
    {
        Tensor x = new(Shape.Nchw(1, 1, 1, 4));
        ((float[])[100, -100, 50, -50]).CopyTo(x.Data);
        Assert.Equal([1, -1, 1, -1], Run(value => new Function(value, FunctionKind.Tanh).Output, x));
        Assert.Equal([1, -1, 1, -1], Run(value => new Function(value, FunctionKind.Erf).Output, x));
        Assert.Equal([100, -1, 50, -1], Run(value => new Function(value, FunctionKind.Elu, 1).Output, x));
        Assert.Equal(100, Run(value => new Function(value, FunctionKind.Softplus).Output, x)[0]);
    }

    [Fact]
    public void Rearrange_moves_and_repeats()
    {
        // Channels become pixels: (1, 8, 2, 3) → (1, 2, 4, 6), and the first of two rows stands for both.
        Tensor x = TestTensors.Random(Shape.Nchw(1, 8, 2, 3), seed: 1);
        AxisPart[][] shuffle =
        [
            [new(0, 1, 1)],
            [new(1, 2, 4)],
            [new(2, 2, 0), new(1, 2, 2)],
            [new(3, 3, 1), new(1, 2, 1)],
        ];
        Tensor y = new(Shape.Nchw(1, 2, 4, 6), Run(value => new Rearrange(value, shuffle).Output, x));
        foreach ((int c, int h, int w) in Places(2, 4, 6))
        {
            Assert.Equal(x[0, (c * 4) + (h % 2 * 2) + (w % 2), 0, w / 2], y[0, c, h, w]);
        }

        GradientCheck.Verify(value => new Rearrange(value[0], shuffle).Output, x);
    }

    [Fact]
    public void Rearrange_turns_axes()
    {
        Tensor x = TestTensors.Random(Shape.Nchw(2, 9, 4, 3), seed: 1);
        AxisPart[][] turn = [[new(0, 2, 1)], [new(2, 4, 1)], [new(3, 3, 1)], [new(1, 9, 1)]];
        Tensor y = new(Shape.Nchw(2, 4, 3, 9), Run(value => new Rearrange(value, turn).Output, x));
        foreach ((int h, int w, int c) in Places(4, 3, 9))
        {
            Assert.Equal(x[1, c, h, w], y[1, h, w, c]);
        }

        GradientCheck.Verify(value => new Rearrange(value[0], turn).Output, x);
    }

    [Fact]
    public void Resample_weighs_rows_and_columns()
    {
        Tensor x = TestTensors.Random(Shape.Nchw(2, 9, 4, 3), seed: 1);
        var rows = TapAxis.FromFunction(4, 5, i => [(i - 1, -0.25f), (i, 0.75f), (i + 1, 0.5f)]);
        var columns = TapAxis.FromFunction(3, 2, i => [(i, 0.5f), (2 - i, 2f)]);
        Tensor y = new(Shape.Nchw(2, 9, 5, 2), Run(value => new Resample(value, rows, columns).Output, x));
        foreach ((int c, int h, int w) in Places(9, 5, 2))
        {
            double expected = -(0.25 * Row(c, h - 1, w)) + (0.75 * Row(c, h, w)) + (0.5 * Row(c, h + 1, w));
            Assert.Equal(expected, y[1, c, h, w], 1e-5);
        }

        GradientCheck.Verify(value => new Resample(value[0], rows, columns).Output, x);

        double Row(int c, int h, int w) => (0.5 * At(c, h, w)) + (2.0 * At(c, h, 2 - w));
        double At(int c, int h, int w) => x[1, c, Math.Clamp(h, 0, 3), w];
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    public void Greatest_channel(int channels)
    {
        Tensor x = TestTensors.Distinct(Shape.Nchw(2, channels, 3, 2), seed: 1);
        x[0, 0, 0, 0] = x[0, 1, 0, 0] = 100;
        float[] greatest = Run(value => new ChannelMaximum(value, givesIndex: false).Output, x);
        float[] first = Run(value => new ChannelMaximum(value, givesIndex: true).Output, x);
        float[] last = Run(value => new ChannelMaximum(value, givesIndex: true, takesLast: true).Output, x);
        for (int i = 0; i < 12; i++)
        {
            float[] pixel = [.. x.Data.Slice(i * channels, channels)];
            Assert.Equal(pixel.Max(), greatest[i]);
            Assert.Equal(Array.IndexOf(pixel, pixel.Max()), first[i]);
            Assert.Equal(Array.LastIndexOf(pixel, pixel.Max()), last[i]);
        }

        GradientCheck.Verify(
            value => new ChannelMaximum(value[0], givesIndex: false).Output,
            TestTensors.Distinct(Shape.Nchw(2, channels, 3, 2), seed: 1));
    }

    /// <summary>Numbers where the function is defined, and far from its kinks by more than finite differences
    /// step.</summary>
    private static Tensor Points(FunctionKind kind, float constant, float range)
    {
        Tensor x = TestTensors.Random(Odd, seed: 1);
        bool isPositive = kind is FunctionKind.Log or FunctionKind.Sqrt or FunctionKind.Reciprocal
            || (kind == FunctionKind.Power && constant != MathF.Floor(constant));
        foreach (ref float value in x.Data)
        {
            value = isPositive ? 0.4f + (range * MathF.Abs(value))
                : (range * value) + (0.05f * (value < 0 ? -1 : 1));
            bool isBound = kind is FunctionKind.Maximum or FunctionKind.Minimum;
            value += isBound && MathF.Abs(value - constant) < 0.05f ? 0.1f : 0;
        }

        return x;
    }

    private static double Twin(FunctionKind kind, double x, double constant) => kind switch
    {
        FunctionKind.Abs => Math.Abs(x),
        FunctionKind.Ceiling => Math.Ceiling(x),
        FunctionKind.Cosine => Math.Cos(x),
        FunctionKind.Elu => x > 0 ? x : constant * (Math.Exp(x) - 1),
        FunctionKind.Erf => Erf(x),
        FunctionKind.Exp => Math.Exp(x),
        FunctionKind.Floor => Math.Floor(x),
        FunctionKind.GeluTanh => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2,
        FunctionKind.Log => Math.Log(x),
        FunctionKind.Maximum => Math.Max(x, constant),
        FunctionKind.Minimum => Math.Min(x, constant),
        FunctionKind.Power => Math.Pow(x, constant),
        FunctionKind.Reciprocal => 1 / x,
        FunctionKind.Round => Math.Round(x, MidpointRounding.ToEven),
        FunctionKind.Sign => Math.Sign(x),
        FunctionKind.Sine => Math.Sin(x),
        FunctionKind.Softplus => Math.Log(1 + Math.Exp(x)),
        FunctionKind.Sqrt => Math.Sqrt(x),
        FunctionKind.Step => x > 0 ? 1 : 0,
        FunctionKind.Tanh => Math.Tanh(x),
        FunctionKind.Truncate => Math.Truncate(x),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The series 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)).</summary>
    private static double Erf(double x)
    {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 200; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static IEnumerable<(int A, int B, int C)> Places(int a, int b, int c) =>
        Enumerable.Range(0, a * b * c).Select(i => (i / (b * c), i / c % b, i % c));

    private static float[] Run(Func<Value, Value> build, Tensor x)
    {
        using CpuDevice device = new(2);
        var input = Value.Input(x.Shape);
        Value y = build(input);
        using Plan plan = device.Compile(new ComputationGraph(y), TestStores.For(y), PlanSettings.ForInference());
        plan.SetInput(input, x.Data);
        plan.Forward();
        return plan.Output(y).ToArray();
    }
}
