namespace UNetSharp.Data;

/// <summary>
/// Tells masks whose values number objects from masks whose values are classes. An object is one connected piece, and
/// which numbers there are changes from image to image; a class has many pieces, or is in every image.
/// </summary>
internal static class MaskObjects
{
    private const double LeastSingle = 0.9;
    private const double FewestPerMask = 3;
    private const int FewestValues = 4;
    private const int ManyValues = 40;

    /// <summary>Whether values number objects.</summary>
    public static bool AreObjects(IReadOnlyList<MaskValues> masks)
    {
        int[][] objects =
        [
            .. masks.Select(mask => mask.Pieces.Keys.Where(value => value != 0).Order().ToArray())
                .Where(values => values.Length > 0),
        ];
        int count = objects.Sum(values => values.Length);
        ILookup<int, int> uses = objects.SelectMany(values => values).ToLookup(value => value);
        if (uses.Count < FewestValues || count < FewestPerMask * objects.Length
            || !masks.Any(mask => mask.Counts.ContainsKey(0)))
        {
            return false;
        }

        int single = masks.Sum(mask => mask.Pieces.Count(piece => piece.Key != 0 && piece.Value == 1));
        return single >= LeastSingle * count
            && (AreNumbered(objects) || AreUnlike(objects, uses.Count(use => use.Count() == 1), uses.Count)
                || (IsSparse(uses) && objects.Select(values => string.Join(',', values)).Distinct().Count() > 1));
    }

    /// <summary>Whether every mask has 1, 2, … up to a number of its own.</summary>
    private static bool AreNumbered(int[][] objects) =>
        objects.Length > 1 && objects.Select(values => values.Length).Distinct().Count() > 1
        && objects.Count(values => values[0] == 1 && values[^1] == values.Length) >= LeastSingle * objects.Length;

    /// <summary>Whether most values are in one mask only.</summary>
    private static bool AreUnlike(int[][] objects, int used, int count) =>
        objects.Length > 1 ? 2 * used > count : count >= ManyValues;

    /// <summary>Whether most numbers between the values are left out, as no list of classes does.</summary>
    private static bool IsSparse(ILookup<int, int> uses)
    {
        int max = uses.Max(use => use.Key);
        return max < MaskValues.ColorMark && (max > byte.MaxValue || max > 3 * uses.Count);
    }
}
