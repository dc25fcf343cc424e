namespace UNetSharp.Graph.Operations;

/// <summary>
/// y = f(x), value by value, for functions that networks of other programs hold. Backward: dx = f′(x) · dy; of
/// functions with steps it is zero.
/// </summary>
public sealed class Function : Operation
{
    internal Function(Value x, FunctionKind kind, float constant = 0)
        : base(x.Shape, [x]) => (Kind, Constant) = (kind, constant);

    /// <summary>The function.</summary>
    public FunctionKind Kind { get; }

    /// <summary>A number that it reads: the exponent of a power, the alpha of ELU.</summary>
    public float Constant { get; }

    /// <inheritdoc/>
    public override string LayerType => Kind.ToString();
}

/// <summary>A function of one number.</summary>
public enum FunctionKind
{
    /// <summary>|x|.</summary>
    Abs,

    /// <summary>The least whole number that is not below x.</summary>
    Ceiling,

    /// <summary>cos x.</summary>
    Cosine,

    /// <summary>x above 0, constant · (exp(x) − 1) below (Clevert et al. 2015).</summary>
    Elu,

    /// <summary>The error function.</summary>
    Erf,

    /// <summary>exp x.</summary>
    Exp,

    /// <summary>The greatest whole number that is not above x.</summary>
    Floor,

    /// <summary>x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2 (Hendrycks and Gimpel 2016).</summary>
    GeluTanh,

    /// <summary>The natural logarithm.</summary>
    Log,

    /// <summary>The greater one of x and the constant.</summary>
    Maximum,

    /// <summary>The lesser one of x and the constant.</summary>
    Minimum,

    /// <summary>x to the power of the constant.</summary>
    Power,

    /// <summary>1 / x.</summary>
    Reciprocal,

    /// <summary>The nearest whole number, of two the even one.</summary>
    Round,

    /// <summary>−1, 0 or 1.</summary>
    Sign,

    /// <summary>sin x.</summary>
    Sine,

    /// <summary>log(1 + exp x).</summary>
    Softplus,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>1 above 0, else 0.</summary>
    Step,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>The whole number next to x towards 0.</summary>
    Truncate,
}
