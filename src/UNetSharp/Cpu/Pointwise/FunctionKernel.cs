using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>Kernel of an operation that computes each value from one value, whose gradient depends on that
/// one.</summary>
/// <typeparam name="TForward">y of x and the constant.</typeparam>
/// <typeparam name="TBackward">dx of x, dy and the constant.</typeparam>
/// <param name="operation">The operation.</param>
/// <param name="constant">A number that both read.</param>
internal sealed class FunctionKernel<TForward, TBackward>(Operation operation, float constant) : Kernel(operation)
    where TForward : struct, IElementwise
    where TBackward : struct, IElementwise
{
    /// <inheritdoc/>
    public override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        View x = context.Input(0);
        Elementwise<TForward>.Execute(context.Workers, x, x, context.Output, constant);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context) => Elementwise<TBackward>.Execute(
        context.Workers,
        context.Input(0),
        context.OutputGradient,
        context.InputGradient(0),
        constant,
        context.Accumulates(0));
}

/// <summary>The kernel of each <see cref="Function"/>.</summary>
internal static class FunctionKernels
{
    /// <summary>Creates it.</summary>
    public static Kernel Create(Function function) => function.Kind switch
    {
        FunctionKind.Abs => Kernel<AbsFunction, AbsSlope>(function),
        FunctionKind.Ceiling => Kernel<CeilingFunction, Zero>(function),
        FunctionKind.Cosine => Kernel<CosineFunction, CosineSlope>(function),
        FunctionKind.Elu => Kernel<EluFunction, EluSlope>(function),
        FunctionKind.Erf => Kernel<ErfFunction, ErfSlope>(function),
        FunctionKind.Exp => Kernel<ExpFunction, ExpSlope>(function),
        FunctionKind.Floor => Kernel<FloorFunction, Zero>(function),
        FunctionKind.GeluTanh => Kernel<GeluTanhFunction, GeluTanhSlope>(function),
        FunctionKind.Log => Kernel<LogFunction, LogSlope>(function),
        FunctionKind.Maximum => Kernel<MaximumFunction, MaximumSlope>(function),
        FunctionKind.Minimum => Kernel<MinimumFunction, MinimumSlope>(function),
        FunctionKind.Power => Kernel<PowerFunction, PowerSlope>(function),
        FunctionKind.Reciprocal => Kernel<ReciprocalFunction, ReciprocalSlope>(function),
        FunctionKind.Round => Kernel<RoundFunction, Zero>(function),
        FunctionKind.Sign => Kernel<SignFunction, Zero>(function),
        FunctionKind.Sine => Kernel<SineFunction, SineSlope>(function),
        FunctionKind.Softplus => Kernel<SoftplusFunction, SoftplusSlope>(function),
        FunctionKind.Sqrt => Kernel<SqrtFunction, SqrtSlope>(function),
        FunctionKind.Step => Kernel<StepFunction, Zero>(function),
        FunctionKind.Tanh => Kernel<TanhFunction, TanhSlope>(function),
        FunctionKind.Truncate => Kernel<TruncateFunction, Zero>(function),
        _ => throw new NotSupportedException($"There is no kernel for the function {function.Kind}."),
    };

    private static FunctionKernel<TForward, TBackward> Kernel<TForward, TBackward>(Function function)
        where TForward : struct, IElementwise
        where TBackward : struct, IElementwise => new(function, function.Constant);
}
