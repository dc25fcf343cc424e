namespace UNetSharp.Graph.Operations;

/// <summary>
/// Softmax over the channels of each pixel: y[c] = exp(x[c] − max) / Σ exp(x[k] − max).
/// Backward: dx[c] = y[c] · (dy[c] − Σ dy[k] · y[k]).
/// </summary>
public sealed class Softmax : Operation
{
    internal Softmax(Value x)
        : base(x.Shape, [x])
    {
    }

    /// <inheritdoc/>
    public override string LayerType => "Softmax";
}
