using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Channels side by side: (N, C₁, H, W), (N, C₂, H, W), … → (N, C₁ + C₂ + …, H, W). Backward: slices of dy.
/// </summary>
public sealed class Concat : Operation
{
    internal Concat(params Value[] inputs)
        : base(ResultShape(inputs), inputs)
    {
    }

    private static Shape ResultShape(Value[] inputs)
    {
        Shape first = inputs[0].Shape;
        if (inputs.FirstOrDefault(input => input.Shape.WithChannels(first.C) != first) is { } other)
        {
            throw new ShapeException($"Concat needs images of one size, but {first} and {other.Shape} came.");
        }

        return first.WithChannels(inputs.Sum(input => input.Shape.C));
    }
}
