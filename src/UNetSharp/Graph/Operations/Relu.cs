namespace UNetSharp.Graph.Operations;

/// <summary>
/// ReLU and LeakyReLU: y = max(x, 0) + slope · min(x, 0). Backward: dx = dy where y is positive, slope · dy elsewhere.
/// </summary>
public sealed class Relu : Operation
{
    internal Relu(Value x, float negativeSlope)
        : base(x.Shape, [x]) => NegativeSlope = negativeSlope;

    /// <summary>Slope for negative values; 0 is ReLU.</summary>
    public float NegativeSlope { get; }

    /// <inheritdoc/>
    public override string LayerType => NegativeSlope == 0 ? "ReLU" : "LeakyReLU";
}
