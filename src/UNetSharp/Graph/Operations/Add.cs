using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>y = a + b. Backward: da = dy, db = dy.</summary>
public sealed class Add : Operation
{
    internal Add(Value a, Value b)
        : base(a.Shape, [a, b])
    {
        if (a.Shape != b.Shape)
        {
            throw new ShapeException($"Add needs two values of one shape, but {a.Shape} and {b.Shape} came.");
        }
    }
}
