using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>y = |a|.</summary>
internal readonly struct AbsFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Abs(a);
}

/// <summary>Gradient of y = |a|; b is the gradient above.</summary>
internal readonly struct AbsSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * Functions.Sign(a);
}

/// <summary>y = ⌈a⌉.</summary>
internal readonly struct CeilingFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Ceiling(a);
}

/// <summary>y = cos a.</summary>
internal readonly struct CosineFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Cos(a);
}

/// <summary>Gradient of y = cos a; b is the gradient above.</summary>
internal readonly struct CosineSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        -b * Vector256.Sin(a);
}

/// <summary>y = a above 0, constant · (exp(a) − 1) below.</summary>
internal readonly struct EluFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.ConditionalSelect(
            Vector256.GreaterThan(a, Vector256<float>.Zero), a, Functions.ExpLess1(a) * constant);
}

/// <summary>Gradient of y = a above 0, constant · (exp(a) − 1) below; b is the gradient above.</summary>
internal readonly struct EluSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * Vector256.ConditionalSelect(
            Vector256.GreaterThan(a, Vector256<float>.Zero), Vector256<float>.One, Vector256.Exp(a) * constant);
}

/// <summary>y = erf a.</summary>
internal readonly struct ErfFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.Erf(a);
}

/// <summary>Gradient of y = erf a; b is the gradient above.</summary>
internal readonly struct ErfSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * Vector256.Exp(-a * a) * Functions.TwoOverRootPi;
}

/// <summary>y = exp a.</summary>
internal readonly struct ExpFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Exp(a);
}

/// <summary>Gradient of y = exp a; b is the gradient above.</summary>
internal readonly struct ExpSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * Vector256.Exp(a);
}

/// <summary>y = ⌊a⌋.</summary>
internal readonly struct FloorFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Floor(a);
}

/// <summary>y = a · (1 + tanh(u)) / 2, u = √(2/π) · (a + 0.044715 a³).</summary>
internal readonly struct GeluTanhFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        0.5f * a * (Vector256<float>.One + Functions.Tanh(Functions.GeluArgument(a)));
}

/// <summary>Gradient of y = a · (1 + tanh(u)) / 2, u = √(2/π) · (a + 0.044715 a³); b is the gradient above.</summary>
internal readonly struct GeluTanhSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.GeluSlope(a) * b;
}

/// <summary>y = log a.</summary>
internal readonly struct LogFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Log(a);
}

/// <summary>Gradient of y = log a; b is the gradient above.</summary>
internal readonly struct LogSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b / a;
}

/// <summary>y = max(a, constant).</summary>
internal readonly struct MaximumFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Max(a, Vector256.Create(constant));
}

/// <summary>Gradient of y = max(a, constant); b is the gradient above.</summary>
internal readonly struct MaximumSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b & Vector256.GreaterThan(a, Vector256.Create(constant));
}

/// <summary>y = min(a, constant).</summary>
internal readonly struct MinimumFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Min(a, Vector256.Create(constant));
}

/// <summary>Gradient of y = min(a, constant); b is the gradient above.</summary>
internal readonly struct MinimumSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b & Vector256.LessThan(a, Vector256.Create(constant));
}

/// <summary>y = a to the power of the constant.</summary>
internal readonly struct PowerFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.Power(a, constant);
}

/// <summary>Gradient of y = a to the power of the constant; b is the gradient above.</summary>
internal readonly struct PowerSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * constant * Functions.Power(a, constant - 1);
}

/// <summary>y = 1 / a.</summary>
internal readonly struct ReciprocalFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256<float>.One / a;
}

/// <summary>Gradient of y = 1 / a; b is the gradient above.</summary>
internal readonly struct ReciprocalSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        -b / (a * a);
}

/// <summary>y = a rounded, of two halves to the even one.</summary>
internal readonly struct RoundFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Round(a);
}

/// <summary>y = the sign of a.</summary>
internal readonly struct SignFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.Sign(a);
}

/// <summary>y = sin a.</summary>
internal readonly struct SineFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Sin(a);
}

/// <summary>Gradient of y = sin a; b is the gradient above.</summary>
internal readonly struct SineSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * Vector256.Cos(a);
}

/// <summary>y = log(1 + exp a).</summary>
internal readonly struct SoftplusFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.Softplus(a);
}

/// <summary>Gradient of y = log(1 + exp a); b is the gradient above.</summary>
internal readonly struct SoftplusSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b / (Vector256<float>.One + Vector256.Exp(-a));
}

/// <summary>y = √a.</summary>
internal readonly struct SqrtFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Sqrt(a);
}

/// <summary>Gradient of y = √a; b is the gradient above.</summary>
internal readonly struct SqrtSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        0.5f * b / Vector256.Sqrt(a);
}

/// <summary>y = 1 where a is above 0.</summary>
internal readonly struct StepFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.GreaterThan(a, Vector256<float>.Zero) & Vector256<float>.One;
}

/// <summary>y = tanh a.</summary>
internal readonly struct TanhFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.Tanh(a);
}

/// <summary>Gradient of y = tanh a; b is the gradient above.</summary>
internal readonly struct TanhSlope : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Functions.TanhSlope(a) * b;
}

/// <summary>y = a without its fraction.</summary>
internal readonly struct TruncateFunction : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Truncate(a);
}
