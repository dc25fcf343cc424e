namespace UNetSharp.Graph.Operations;

/// <summary>
/// Dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html): in training y = k · x / (1 − p)
/// and dx = k · dy / (1 − p), where k is 0 with probability p and else 1; in evaluation p is 0.
/// </summary>
public sealed class Dropout : Operation
{
    internal Dropout(Value x, float probability, int layer)
        : base(x.Shape, [x]) => (Probability, Layer) = (probability, layer);

    /// <summary>Probability that a value is dropped.</summary>
    public float Probability { get; }

    /// <summary>A number of the layer, so that each layer drops other values.</summary>
    public int Layer { get; }

    /// <inheritdoc/>
    public override string LayerType => "Dropout";
}
