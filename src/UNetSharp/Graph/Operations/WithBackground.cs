namespace UNetSharp.Graph.Operations;

/// <summary>
/// Probabilities of labels that may overlap as those of classes: before the labels stands a background, y[0] = 1 −
/// max x[k], which is the most probable where no label reaches 1/2; (N, K, H, W) → (N, K + 1, H, W).
/// Backward: dx[k] = dy[k + 1], less dy[0] for the first k of the greatest x[k].
/// </summary>
public sealed class WithBackground : Operation
{
    internal WithBackground(Value x)
        : base(x.Shape.WithChannels(x.Shape.C + 1), [x])
    {
    }
}
