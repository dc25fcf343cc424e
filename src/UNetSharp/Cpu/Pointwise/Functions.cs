using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Functions of eight numbers at once, to some 1e-7.</summary>
internal static class Functions
{
    /// <summary>2 / √π, the slope of erf at 0.</summary>
    public const float TwoOverRootPi = 1.1283791671f;

    private const float RootTwoOverPi = 0.7978845608f;
    private const float GeluCubic = 0.044715f;
    private const float Small = 0.3f;

    /// <summary>−1, 0 or 1.</summary>
    public static Vector256<float> Sign(Vector256<float> x) =>
        (Vector256.GreaterThan(x, Vector256<float>.Zero) & Vector256<float>.One)
        - (Vector256.LessThan(x, Vector256<float>.Zero) & Vector256<float>.One);

    /// <summary>exp(x) − 1; near 0 by its series, where the difference would lose digits.</summary>
    public static Vector256<float> ExpLess1(Vector256<float> x)
    {
        Vector256<float> series = x * (Vector256<float>.One + (x * (Vector256.Create(1 / 2f)
            + (x * (Vector256.Create(1 / 6f) + (x * (Vector256.Create(1 / 24f) + (x * (Vector256.Create(1 / 120f)
            + (x * Vector256.Create(1 / 720f)))))))))));
        return Vector256.ConditionalSelect(
            Vector256.LessThan(Vector256.Abs(x), Vector256.Create(Small)),
            series,
            Vector256.Exp(x) - Vector256<float>.One);
    }

    /// <summary>tanh x = (exp(2x) − 1) / (exp(2x) + 1), by |x|, so that nothing overflows.</summary>
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        Vector256<float> less = ExpLess1(-2 * Vector256.Abs(x));
        return -Sign(x) * less / (less + Vector256.Create(2f));
    }

    /// <summary>The slope of tanh: 1 − tanh²x.</summary>
    public static Vector256<float> TanhSlope(Vector256<float> x)
    {
        Vector256<float> y = Tanh(x);
        return Vector256<float>.One - (y * y);
    }

    /// <summary>
    /// erf x: near 0 by its series (Abramowitz and Stegun 7.1.5), else 1 − (a₁t + … + a₅t⁵) exp(−x²), t = 1 / (1 + p x)
    /// (7.1.26).
    /// </summary>
    public static Vector256<float> Erf(Vector256<float> x)
    {
        Vector256<float> size = Vector256.Abs(x);
        Vector256<float> square = x * x;
        Vector256<float> series = TwoOverRootPi * x * (Vector256<float>.One + (square * (Vector256.Create(-1 / 3f)
            + (square * (Vector256.Create(1 / 10f) + (square * (Vector256.Create(-1 / 42f)
            + (square * Vector256.Create(1 / 216f)))))))));
        Vector256<float> t = Vector256<float>.One / (Vector256<float>.One + (0.3275911f * size));
        Vector256<float> sum = t * (Vector256.Create(0.254829592f) + (t * (Vector256.Create(-0.284496736f)
            + (t * (Vector256.Create(1.421413741f) + (t * (Vector256.Create(-1.453152027f)
            + (t * Vector256.Create(1.061405429f)))))))));
        Vector256<float> far = Sign(x) * (Vector256<float>.One - (sum * Vector256.Exp(-square)));
        return Vector256.ConditionalSelect(Vector256.LessThan(size, Vector256.Create(Small)), series, far);
    }

    /// <summary>log(1 + exp x) = max(x, 0) + log(1 + exp(−|x|)).</summary>
    public static Vector256<float> Softplus(Vector256<float> x) =>
        Vector256.Max(x, Vector256<float>.Zero)
        + Vector256.Log(Vector256<float>.One + Vector256.Exp(-Vector256.Abs(x)));

    /// <summary>x to a power; the usual ones without a logarithm.</summary>
    public static Vector256<float> Power(Vector256<float> x, float exponent)
    {
        if (exponent is 2 or 3 or 1 or 0 or 0.5f)
        {
            return exponent switch
            {
                0 => Vector256<float>.One,
                0.5f => Vector256.Sqrt(x),
                1 => x,
                2 => x * x,
                _ => x * x * x,
            };
        }

        Span<float> lanes = stackalloc float[Vector256<float>.Count];
        x.CopyTo(lanes);
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = MathF.Pow(lanes[i], exponent);
        }

        return Vector256.Create<float>(lanes);
    }

    /// <summary>√(2/π) · (x + 0.044715 x³).</summary>
    public static Vector256<float> GeluArgument(Vector256<float> x) =>
        RootTwoOverPi * (x + (GeluCubic * x * x * x));

    /// <summary>The slope of GELU in its form with tanh.</summary>
    public static Vector256<float> GeluSlope(Vector256<float> x)
    {
        Vector256<float> tanh = Tanh(GeluArgument(x));
        Vector256<float> inner = RootTwoOverPi * (Vector256<float>.One + (3 * GeluCubic * x * x));
        return 0.5f * (Vector256<float>.One + tanh + (x * (Vector256<float>.One - (tanh * tanh)) * inner));
    }
}
