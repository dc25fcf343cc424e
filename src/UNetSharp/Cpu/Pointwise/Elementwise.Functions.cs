using System.Runtime.Intrinsics;
using UNetSharp.Cpu.Convolutions;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>y = a.</summary>
internal readonly struct Copy : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) => a;
}

/// <summary>y = a + b.</summary>
internal readonly struct Sum : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) => a + b;
}

/// <summary>y = a · b.</summary>
internal readonly struct Product : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) => a * b;
}

/// <summary>y = min(max(a, 0), max), max being the constant.</summary>
internal readonly struct Bound : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.Min(Vector256.Max(a, Vector256<float>.Zero), Vector256.Create(constant));
}

/// <summary>Gradient of the clamp: a is its result, b the gradient above.</summary>
internal readonly struct BoundGradient : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b & Vector256.GreaterThan(a, Vector256<float>.Zero) & Vector256.LessThan(a, Vector256.Create(constant));
}

/// <summary>y = max(a, 0) + slope · min(a, 0), the slope being the constant.</summary>
internal readonly struct LeakyRelu : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Epilogue.LeakyRelu(a, constant);
}

/// <summary>Gradient of LeakyReLU: a is its result, whose sign is its argument's, b the gradient above.</summary>
internal readonly struct LeakyReluGradient : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, Vector256<float>.Zero), b, b * constant);
}

/// <summary>y = 1 / (1 + exp(−a)).</summary>
internal readonly struct Logistic : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-a));
}

/// <summary>Gradient of the logistic function: a is its result, b the gradient above.</summary>
internal readonly struct LogisticGradient : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) =>
        b * a * (Vector256<float>.One - a);
}

/// <summary>y = 0.</summary>
internal readonly struct Zero : IElementwise
{
    /// <inheritdoc/>
    public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant) => default;
}
