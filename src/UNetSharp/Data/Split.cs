namespace UNetSharp.Data;

/// <summary>Pairs to train on and pairs to validate with.</summary>
/// <param name="Training">Pairs that the network learns from.</param>
/// <param name="Validation">Pairs that it never sees in training.</param>
public sealed record Split(IReadOnlyList<ImagePair> Training, IReadOnlyList<ImagePair> Validation)
{
    /// <summary>
    /// Sets a share of the pairs aside for validation, chosen by the seed: at least one if the share is above zero, and
    /// never all. Both parts keep the order of the pairs.
    /// </summary>
    public static Split ByShare(IReadOnlyList<ImagePair> pairs, double share, int seed)
    {
        int[] shuffled = [.. Enumerable.Range(0, pairs.Count)];
        new Random(seed).Shuffle(shuffled);
        int count = share <= 0 ? 0 : Math.Clamp((int)Math.Round(pairs.Count * share), 1, Math.Max(1, pairs.Count - 1));
        return pairs.Count < 2 ? new Split(pairs, []) : new Split(
            [.. shuffled[count..].Order().Select(index => pairs[index])],
            [.. shuffled[..count].Order().Select(index => pairs[index])]);
    }
}
