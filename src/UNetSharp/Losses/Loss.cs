using UNetSharp.Graph;

namespace UNetSharp.Losses;

/// <summary>
/// A measure of how far logits are from the truth. Logits are (N, 1, H, W) for one foreground class, or (N, K, H, W)
/// for K classes; the target is (N, 1, H, W) and holds 0 or 1, or the index of the class.
/// </summary>
/// <param name="logits">Result of the network, before sigmoid or softmax.</param>
/// <param name="target">The truth.</param>
/// <returns>A single number, (1, 1, 1, 1).</returns>
public delegate Value Loss(Value logits, Value target);
