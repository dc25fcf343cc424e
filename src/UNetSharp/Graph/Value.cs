using UNetSharp.Tensors;

namespace UNetSharp.Graph;

/// <summary>
/// A tensor that does not hold numbers yet: the result of an operation, or an input. Operations on values record a
/// graph; an execution plan gives the values memory and computes them.
/// </summary>
public sealed partial class Value
{
    internal Value(Shape shape, Operation? producer)
    {
        Shape = shape;
        Producer = producer;
    }

    /// <summary>Sizes of the tensor.</summary>
    public Shape Shape { get; }

    /// <summary>The operation that computes this value; null for an input.</summary>
    internal Operation? Producer { get; }

    /// <summary>Makes an input of the given shape.</summary>
    /// <exception cref="ShapeException">It is no shape but the default one.</exception>
    public static Value Input(Shape shape) => shape != default
        ? new(shape, null)
        : throw new ShapeException("An input needs a shape; make one by Shape.Nchw.");
}
