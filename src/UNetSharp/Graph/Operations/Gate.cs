using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Every channel of a pixel times the pixel's gate: y[c] = x[c] · g, (N, C, H, W) and (N, 1, H, W) → (N, C, H, W).
/// Backward: dx[c] = dy[c] · g, dg = Σ dy[c] · x[c].
/// </summary>
public sealed class Gate : Operation
{
    internal Gate(Value x, Value gate)
        : base(x.Shape, [x, gate])
    {
        if (gate.Shape != x.Shape.WithChannels(1))
        {
            throw new ShapeException(
                $"A gate for {x.Shape} must be {x.Shape.WithChannels(1)}, but {gate.Shape} came.");
        }
    }
}
