using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>
/// How a device computes one operation, or several that are fused into one pass over memory. A kernel keeps no numbers
/// of a plan: memory belongs to the plan, which hands it over as a <see cref="KernelContext"/>.
/// </summary>
public abstract class Kernel
{
    /// <summary>Creates the kernel of one operation.</summary>
    protected Kernel(Operation operation)
        : this(operation, operation.Inputs, [operation.Output], operation.Parameters)
    {
    }

    /// <summary>Creates the kernel of fused operations.</summary>
    /// <param name="operation">The operation that gives the kernel its name.</param>
    /// <param name="inputs">Values that are read.</param>
    /// <param name="outputs">Values that are computed; the first is the one that is differentiated.</param>
    /// <param name="parameters">Parameters that are read.</param>
    protected Kernel(
        Operation operation,
        IReadOnlyList<Value> inputs,
        IReadOnlyList<Value> outputs,
        IReadOnlyList<Parameter> parameters) =>
        (Operation, Inputs, Outputs, Parameters) = (operation, inputs, outputs, parameters);

    /// <summary>The operation, or the first of the fused ones.</summary>
    public Operation Operation { get; }

    /// <summary>Values that are read.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>Values that are computed.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>The first of the values that are computed.</summary>
    public Value Output => Outputs[0];

    /// <summary>Parameters that are read.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether <see cref="Backward"/> computes gradients of parameters.</summary>
    public virtual bool ComputesParameterGradients =>
        Parameters.Any(parameter => parameter.Kind == ParameterKind.Trained);

    /// <summary>Whether <see cref="Backward"/> reads the values of the inputs.</summary>
    public virtual bool BackwardReadsInputs => false;

    /// <summary>Whether <see cref="Backward"/> reads the values of the output.</summary>
    public virtual bool BackwardReadsOutput => false;

    /// <summary>Floats that <see cref="Prepare"/> derives from parameters for <see cref="Forward"/>.</summary>
    public virtual long PreparedFloats => 0;

    /// <summary>Floats that are kept from forward to backward, beside inputs and output.</summary>
    public virtual long SavedFloats => 0;

    /// <summary>Floats of scratch memory that <see cref="Forward"/> needs on so many threads.</summary>
    public virtual long ForwardScratchFloats(int threads) => 0;

    /// <summary>Floats of scratch memory that <see cref="Backward"/> needs on so many threads.</summary>
    public virtual long BackwardScratchFloats(int threads) => 0;

    /// <summary>Derives what depends on parameters alone; called again after they have changed.</summary>
    public virtual void Prepare(KernelContext context)
    {
    }

    /// <summary>Computes the outputs from the inputs.</summary>
    public abstract void Forward(KernelContext context);

    /// <summary>
    /// Computes the gradients of inputs and parameters from the gradient of the output. A parameter's gradient is
    /// written. An input's is computed only where <see cref="KernelContext.NeedsGradient"/> says so; it is written, or
    /// added to where <see cref="KernelContext.Accumulates"/> says so.
    /// </summary>
    public abstract void Backward(KernelContext context);
}
