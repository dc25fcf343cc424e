using UNetSharp.Tensors;

namespace UNetSharp.Graph;

/// <summary>
/// The description of one step of a graph: what it reads, the shape of its result, attributes and cost. It does no
/// arithmetic: a device has a kernel for it.
/// </summary>
public abstract class Operation
{
    /// <summary>Describes an operation.</summary>
    /// <param name="output">Shape of the result.</param>
    /// <param name="inputs">Values that it reads.</param>
    /// <param name="parameters">Parameters that it reads, trained or not.</param>
    protected Operation(Shape output, IReadOnlyList<Value> inputs, params IReadOnlyList<Parameter> parameters)
    {
        Inputs = inputs;
        Parameters = parameters;
        Output = new Value(output, this);
    }

    /// <summary>The value that the operation computes.</summary>
    public Value Output { get; }

    /// <summary>The values that it reads.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>The parameters that it reads, trained or not.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Multiply-accumulate operations of one forward.</summary>
    public virtual long Macs => 0;

    /// <summary>PyTorch's name for the layer; null for what is no layer there but plumbing between layers.</summary>
    public virtual string? LayerType => null;

    /// <summary>
    /// The receptive field of a result pixel, given that of the input's pixels; null where there is no one number for
    /// it.
    /// </summary>
    public virtual ReceptiveField? ReceptiveFieldOver(ReceptiveField input) => input;
}
