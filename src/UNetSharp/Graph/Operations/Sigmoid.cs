namespace UNetSharp.Graph.Operations;

/// <summary>Sigmoid: y = 1 / (1 + exp(−x)). Backward: dx = dy · y · (1 − y).</summary>
public sealed class Sigmoid : Operation
{
    internal Sigmoid(Value x)
        : base(x.Shape, [x])
    {
    }

    /// <inheritdoc/>
    public override string LayerType => "Sigmoid";
}
