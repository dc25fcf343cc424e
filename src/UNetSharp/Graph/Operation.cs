using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Graph;

/// <summary>
/// One step of a graph. A subclass is one file that holds the shape rule (where it is created), forward, backward and
/// cost. It keeps no numbers: memory belongs to the plan that runs it, so one graph may serve several plans.
/// </summary>
public abstract class Operation
{
    private protected Operation(Shape output, Value[] inputs, params Parameter[] parameters)
    {
        Inputs = inputs;
        Parameters = parameters;
        Output = new Value(output, this);
    }

    /// <summary>An operation that computes an existing value in place of the operations that led to it.</summary>
    private protected Operation(Value output, IReadOnlyList<Value> inputs, IReadOnlyList<Parameter> parameters)
    {
        Inputs = inputs;
        Parameters = parameters;
        Output = output;
    }

    /// <summary>The value that the operation computes.</summary>
    public Value Output { get; }

    /// <summary>A second value that it computes in the same pass; null where there is none.</summary>
    internal virtual Value? SecondOutput => null;

    /// <summary>The values that it reads.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>The parameters that it reads, trained or not.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Multiply-accumulate operations of one forward run.</summary>
    public virtual long Macs => 0;

    /// <summary>PyTorch's name for the layer; null for what is no layer there but plumbing between layers.</summary>
    internal virtual string? LayerType => null;

    /// <summary>Whether <see cref="Backward"/> computes gradients of parameters.</summary>
    internal virtual bool IsTrained => Parameters.Any(parameter => parameter.Kind == ParameterKind.Trained);

    /// <summary>Whether <see cref="Backward"/> reads the values of the inputs.</summary>
    internal virtual bool BackwardReadsInputs => false;

    /// <summary>Whether <see cref="Backward"/> reads the values of the output.</summary>
    internal virtual bool BackwardReadsOutput => false;

    /// <summary>Floats that <see cref="Prepare"/> derives from parameters for <see cref="Forward"/>.</summary>
    internal virtual long PreparedFloats => 0;

    /// <summary>Floats that a training step keeps from forward to backward, beside inputs and output.</summary>
    internal virtual long SavedFloats => 0;

    /// <summary>Floats of scratch memory that <see cref="Forward"/> needs on so many threads.</summary>
    internal virtual long ForwardScratch(int workers) => 0;

    /// <summary>Floats of scratch memory that <see cref="Backward"/> needs on so many threads.</summary>
    internal virtual long BackwardScratch(int workers) => 0;

    /// <summary>The image pixels that one result pixel depends on, given those of the inputs; null where there is no one
    /// number for it.</summary>
    internal virtual ReceptiveField? FieldOver(ReceptiveField input) => input;

    /// <summary>The operation that computes this one's output where the network is used and not trained.</summary>
    internal virtual Operation InEvaluation() => this;

    /// <summary>Derives what depends on parameters alone; done again whenever they have changed.</summary>
    internal virtual void Prepare(Run run)
    {
    }

    /// <summary>Computes the output from the inputs.</summary>
    internal abstract void Forward(Run run);

    /// <summary>
    /// Computes the gradients of inputs and parameters from the gradient of the output. A parameter's gradient is
    /// written; an input's is written, or added to where <see cref="Run.Adds"/> says so, and only where
    /// <see cref="Run.Wants"/> it.
    /// </summary>
    internal abstract void Backward(Run run);
}
