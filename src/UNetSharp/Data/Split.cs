namespace UNetSharp.Data;

/// <summary>How pairs are set aside for validation.</summary>
/// <param name="Share">Share of the pairs, chosen by the seed; used where neither names nor folds are given.</param>
/// <param name="Names">Names of the pairs; null for a choice by the seed.</param>
/// <param name="Folds">Number of parts for cross-validation, each of which is set aside once; 0 for none.</param>
/// <param name="Fold">The part to set aside, from 0.</param>
/// <param name="TakesOwn">
/// Whether pairs that the data set itself keeps for validation, in a folder val or the like, come before the share.
/// </param>
public sealed record SplitSettings(
    double Share, IReadOnlyList<string>? Names = null, int Folds = 0, int Fold = 0, bool TakesOwn = false);

/// <summary>Pairs to train on and pairs to validate with. Both keep the order of the data set.</summary>
/// <param name="Training">Pairs that the network learns from.</param>
/// <param name="Validation">Pairs that are not trained on.</param>
public sealed record Split(IReadOnlyList<ImagePair> Training, IReadOnlyList<ImagePair> Validation)
{
    /// <summary>Sets pairs aside as the settings say.</summary>
    /// <exception cref="DataException">A name is of no pair, none is left to train on, or there are fewer pairs than
    /// folds.
    /// </exception>
    public static Split Create(IReadOnlyList<ImagePair> pairs, SplitSettings settings, int seed) =>
        settings.Folds > 0 ? ByFold(pairs, settings, seed)
        : settings.TakesOwn && OwnParts(pairs) is { } own ? own
        : settings.Names is { } names ? ByName(pairs, names)
        : ByShare(pairs, settings.Share, seed);

    /// <summary>
    /// Sets a share of the pairs aside, chosen by the seed: at least one if the share is above zero, and never all.
    /// </summary>
    public static Split ByShare(IReadOnlyList<ImagePair> pairs, double share, int seed)
    {
        int count = share <= 0 ? 0 : Math.Clamp((int)Math.Round(pairs.Count * share), 1, Math.Max(1, pairs.Count - 1));
        return pairs.Count < 2 ? new Split(pairs, []) : Create(pairs, Shuffled(pairs.Count, seed)[..count]);
    }

    /// <summary>The split that the data set has itself; null if it has none.</summary>
    private static Split? OwnParts(IReadOnlyList<ImagePair> pairs)
    {
        Split own = Create(
            pairs, Enumerable.Range(0, pairs.Count).Where(index => pairs[index].Part == DataPart.Validation));
        return own.Training.Count > 0 && own.Validation.Count > 0 ? own : null;
    }

    private static Split ByFold(IReadOnlyList<ImagePair> pairs, SplitSettings settings, int seed)
    {
        if (pairs.Count < settings.Folds || settings.Folds < 2)
        {
            throw new DataException(
                $"{pairs.Count} pairs cannot be parted into {settings.Folds} folds: give 2 or more, "
                + "and at most the number of pairs.")
            {
                Settings = [nameof(SplitSettings.Folds)],
            };
        }

        return Create(pairs, Shuffled(pairs.Count, seed).Where((_, place) => place % settings.Folds == settings.Fold));
    }

    private static Split ByName(IReadOnlyList<ImagePair> pairs, IReadOnlyList<string> names)
    {
        HashSet<string> wanted = [.. names];
        Split split =
            Create(pairs, Enumerable.Range(0, pairs.Count).Where(index => wanted.Contains(pairs[index].Name)));
        string? unknown = wanted.Except(split.Validation.Select(pair => pair.Name)).FirstOrDefault();
        return unknown is not null
            ? throw new DataException(
                $"{unknown}: is named for validation, but there is no such pair. Names are those of the "
                + $"images without extension, as {pairs[0].Name}.")
            : split.Training.Count > 0
                ? split
                : throw new DataException("Every pair is named for validation; leave some to train on.");
    }

    private static Split Create(IReadOnlyList<ImagePair> pairs, IEnumerable<int> validation)
    {
        HashSet<int> aside = [.. validation];
        return new Split(
            [.. pairs.Where((_, index) => !aside.Contains(index))],
            [.. pairs.Where((_, index) => aside.Contains(index))]);
    }

    private static int[] Shuffled(int count, int seed)
    {
        int[] shuffled = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
