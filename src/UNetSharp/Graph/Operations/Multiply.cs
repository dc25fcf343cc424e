using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>y = a · b, value by value. Backward: da = dy · b, db = dy · a.</summary>
public sealed class Multiply : Operation
{
    internal Multiply(Value a, Value b)
        : base(a.Shape, [a, b])
    {
        if (a.Shape != b.Shape)
        {
            throw new ShapeException($"Multiply needs two values of one shape, but {a.Shape} and {b.Shape} came.");
        }
    }
}
