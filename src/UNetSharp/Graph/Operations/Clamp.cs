namespace UNetSharp.Graph.Operations;

/// <summary>
/// y = min(max(x, 0), max), which is ReLU6 where max is 6. Backward: dx = dy where y is between the bounds, zero
/// elsewhere.
/// </summary>
public sealed class Clamp : Operation
{
    internal Clamp(Value x, float max)
        : base(x.Shape, [x]) => Max = max;

    /// <summary>The upper bound; the lower one is 0.</summary>
    public float Max { get; }

    /// <inheritdoc/>
    public override string LayerType => "Hardtanh";
}
