namespace UNetSharp.Cli;

/// <summary>A few things from the whole range, to show.</summary>
internal static class Spread
{
    /// <summary>At most so many, at even distances.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> all, int most)
    {
        int count = Math.Min(most, all.Count);
        return Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)]);
    }
}
