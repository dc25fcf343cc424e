namespace UNetSharp.Data;

/// <summary>
/// Finds out what the values of a data set's masks mean: two values, whatever they are, are background and foreground;
/// 0, 1, 2, … are class indices; evenly spread greys and a few colours are classes in order; the smear of greys that
/// JPEG makes of two values is thresholded. What remains is an error that names the file.
/// </summary>
internal static class MaskMeaning
{
    private const int MostClasses = 256;
    private const int MostColors = 32;
    private const int MostSuggestedClasses = 64;
    private const int JpegSmear = 32;
    private const double JpegShare = 0.95;

    /// <summary>Decides for all masks of a data set.</summary>
    /// <param name="masks">The values of every mask.</param>
    /// <param name="wanted">Number of classes that the user named: 1 for background and foreground, or null.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="DataException">The values make no sense.</exception>
    public static MaskClasses Of(IReadOnlyList<MaskValues> masks, int? wanted, List<string> notes)
    {
        SortedSet<int> values = [.. masks.SelectMany(mask => mask.Counts.Keys)];
        if (values.Count == 1)
        {
            throw new DataException($"{masks[0].Path}: this and every other mask holds nothing but the value "
                + $"{MaskValues.Text(values.Min)}, so there is nothing to learn. Are these the masks?");
        }

        return wanted is > 1 ? Indexed(masks, values, wanted.Value)
            : TwoValues(masks, values, notes)
            ?? (IsSmearedByJpeg(masks) ? Thresholded(notes) : null)
            ?? (wanted is null ? Several(values, notes) : null)
            ?? throw Odd(masks, values);
    }

    /// <summary>Two values in every mask; one mask may use 0 and 1, another 0 and 255.</summary>
    private static MaskClasses? TwoValues(IReadOnlyList<MaskValues> masks, SortedSet<int> values, List<string> notes)
    {
        bool isBinary = values.Count == 2 || (values.Contains(0) && values.Count <= 3 && values.IsSubsetOf([0, 1, 255])
            && masks.All(mask => mask.Counts.Count <= 2));
        if (!isBinary)
        {
            return null;
        }

        int background = values.Contains(0) ? 0 : values.Min;
        if (values.SetEquals([0, 1]))
        {
            notes.Add("Masks hold 0 and 1: they look black in a viewer, but are read as background and foreground.");
        }
        else if (values.Count == 3)
        {
            notes.Add("Some masks hold 0 and 1, others 0 and 255: both are read as background and foreground.");
        }
        else if (!values.SetEquals([0, 255]))
        {
            notes.Add($"Masks hold {MaskValues.Text(background)}, read as background, and "
                + $"{MaskValues.Text(values.First(value => value != background))}, read as foreground.");
        }

        return new MaskClasses(1, values.ToDictionary(value => value, value => value == background ? 0 : 1));
    }

    private static MaskClasses Thresholded(List<string> notes)
    {
        notes.Add("Masks hold smeared greys, as lossy JPEG makes them: 128 and more is read as foreground. "
            + "Save masks as PNG.");
        return new MaskClasses(1, new Dictionary<int, int>(), IsThresholded: true);
    }

    private static MaskClasses? Several(SortedSet<int> values, List<string> notes)
    {
        bool hasColors = values.Any(value => value >= MaskValues.ColorMark);
        bool isIndexed = values.Min == 0 && values.Max == values.Count - 1 && values.Count <= MostClasses;
        if (isIndexed)
        {
            return InOrder(values);
        }

        if (hasColors ? values.Count > MostColors : !IsEvenlySpread(values))
        {
            return null;
        }

        notes.Add($"Mask values are read as classes: "
            + string.Join(", ", values.Select((value, index) => $"{MaskValues.Text(value)} = {index}")) + ".");
        return InOrder(values);
    }

    private static MaskClasses Indexed(IReadOnlyList<MaskValues> masks, SortedSet<int> values, int classes)
    {
        if (values.Count <= classes && (values.Max >= classes) && (classes == 2 || IsEvenlySpread(values)))
        {
            return new MaskClasses(classes, InOrder(values).ClassOfValue);
        }

        return values.Max < classes
            ? new MaskClasses(classes, Enumerable.Range(0, classes).ToDictionary(index => index, index => index))
            : throw Odd(masks, [.. values.Where(value => value >= classes)], $"the {classes} classes are 0 to {classes - 1}");
    }

    private static MaskClasses InOrder(SortedSet<int> values) =>
        new(values.Count, values.Select((value, index) => (value, index)).ToDictionary(p => p.value, p => p.index));

    private static bool IsEvenlySpread(SortedSet<int> values)
    {
        int[] sorted = [.. values];
        double step = (double)(sorted[^1] - sorted[0]) / (sorted.Length - 1);
        return sorted[0] == 0 && step > 1.5
            && sorted.Select((value, index) => Math.Abs(value - (index * step))).All(distance => distance <= 1);
    }

    private static bool IsSmearedByJpeg(IReadOnlyList<MaskValues> masks)
    {
        long atEnds = masks.Sum(mask => mask.Counts
            .Where(pair => pair.Key <= JpegSmear || pair.Key is >= 255 - JpegSmear and <= 255)
            .Sum(pair => pair.Value));
        return masks.All(mask => mask.Counts.Keys.Max() <= 255)
            && masks.Any(mask => mask.Counts.Keys.Count(value => value is not 0 and not 255) > 8)
            && atEnds >= JpegShare * masks.Sum(mask => mask.Pixels);
    }

    /// <summary>The error for values of which the rarest, by files and then by pixels, is taken for the wrong one.</summary>
    private static DataException Odd(IReadOnlyList<MaskValues> masks, SortedSet<int> values, string? rule = null)
    {
        int odd = values
            .Where(value => value != 0)
            .OrderBy(value => masks.Count(mask => mask.Counts.ContainsKey(value)))
            .ThenBy(value => masks.Sum(mask => mask.Counts.GetValueOrDefault(value)))
            .First();
        MaskValues first = masks.First(mask => mask.Counts.ContainsKey(odd));
        string all = values.Count <= 8
            ? string.Join(", ", values.Select(MaskValues.Text))
            : $"{values.Count} values from {MaskValues.Text(values.Min)} to {MaskValues.Text(values.Max)}";
        rule ??= $"a two-class mask holds 0 and 1, or 0 and 255, and the masks here hold {all}";
        string mend = values.Max < MostSuggestedClasses
            ? $"Correct the mask, or pass --classes {values.Max + 1} if the values are class indices."
            : "Correct the mask.";
        return new DataException($"{first.Path}: holds the value {MaskValues.Text(odd)} "
            + $"({first.Counts[odd]} pixels), but {rule}. {mend}");
    }
}
