using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>One loss of a sum of losses.</summary>
public sealed class LossTerm
{
    private readonly Func<Value, Value, Value?, Value> _compute;

    internal LossTerm(float weight, string name, Func<Value, Value, Value?, Value> compute) =>
        (Weight, Name, _compute) = (weight, name, compute);

    /// <summary>What the loss is multiplied by.</summary>
    public float Weight { get; }

    /// <summary>Name of the loss in <see cref="LossCatalog"/>.</summary>
    public string Name { get; }

    /// <summary>The loss, before it is multiplied.</summary>
    public Loss Loss => (logits, target) => Compute(logits, target);

    /// <summary>The loss, before it is multiplied.</summary>
    /// <param name="logits">Logits, (N, K, H, W).</param>
    /// <param name="target">The truth, (N, 1, H, W).</param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H, W), or null; for bce, ce and focal. Losses of whole
    /// sets (dice, tversky, lovasz) do not take it.</param>
    public Value Compute(Value logits, Value target, Value? pixelWeights = null) =>
        _compute(logits, target, pixelWeights);
}
