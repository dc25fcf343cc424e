namespace UNetSharp.Workflows;

/// <summary>A few things from the whole range, to show.</summary>
public static class EvenSelection
{
    /// <summary>Chooses at even distances.</summary>
    /// <param name="all">What to choose from.</param>
    /// <param name="max">How many to choose; all, where there are fewer.</param>
    public static IEnumerable<T> Choose<T>(IReadOnlyList<T> all, int max)
    {
        int count = Math.Min(max, all.Count);
        return Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)]);
    }
}
