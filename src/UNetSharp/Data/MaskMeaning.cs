namespace UNetSharp.Data;

/// <summary>
/// Finds out what the values of a data set's masks mean: two values, whatever they are, are background and foreground;
/// 0, 1, 2, … are class indices; evenly spread greys and a few colours are classes in order; the smear of greys that
/// JPEG makes of two values is thresholded; colours of PASCAL VOC's palette are its indices. What remains is an error
/// that names the file.
/// </summary>
internal static class MaskMeaning
{
    /// <summary>More indices than this come from something else than classes, unless the user says so.</summary>
    private const int MostIndices = 64;

    private const int MostLevels = 32;
    private const int MostSuggestedClasses = 64;

    /// <summary>Decides for all masks of a data set.</summary>
    /// <param name="masks">The values of every mask.</param>
    /// <param name="wanted">Number of classes that the user named: 1 for background and foreground, or null.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="DataException">The values make no sense.</exception>
    public static MaskClasses Of(IReadOnlyList<MaskValues> masks, int? wanted, List<string> notes)
    {
        if (wanted is < 1 or > MaskClasses.MostClasses)
        {
            throw new DataException($"{wanted} classes are not possible: give 1 for background and foreground, or 2 to "
                + $"{MaskClasses.MostClasses}.")
            {
                Settings = ["classes"],
            };
        }

        SortedSet<int> values = [.. masks.SelectMany(mask => mask.Counts.Keys)];
        if (values.Count == 1)
        {
            throw new DataException($"{masks[0].Path}: this and every other mask holds nothing but the value "
                + $"{MaskValues.Text(values.Min)}, so there is nothing to learn. Are these the masks, and are their objects "
                + "perhaps in the alpha channel, which is not read?");
        }

        return VocIndices(values, wanted, notes) is { } voc ? voc
            : wanted is > 1 ? Indexed(masks, values, wanted.Value, notes)
            : TwoValues(masks, values, notes)
            ?? (wanted is null ? Several(values, notes) : null)
            ?? (IsSmearedByJpeg(masks, values) ? Thresholded(notes) : null)
            ?? throw Odd(masks, values, LeastExpected(masks, values), "a two-class mask holds 0 and 1, or 0 and 255");
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

    /// <summary>Indices of a palette, the last of which marks the unknown rim of objects.</summary>
    private static MaskClasses? VocIndices(SortedSet<int> values, int? wanted, List<string> notes)
    {
        if (values.Count == 2 || !VocPalette.Holds(values))
        {
            return null;
        }

        Dictionary<int, int> indices = values.ToDictionary(value => value, VocPalette.IndexOf);
        bool hasIgnored = indices.ContainsValue(MaskClasses.Ignored);
        int most = indices.Values.Where(index => index != MaskClasses.Ignored).Max();
        if (most >= (wanted ?? MostIndices))
        {
            return null;
        }

        notes.Add($"Masks have the colours of PASCAL VOC: read as the class indices 0 to {most}"
            + (hasIgnored ? $", {MaskValues.Text(VocPalette.ValueOf(MaskClasses.Ignored))} as unknown, which counts nowhere"
                : "") + ".");
        return new MaskClasses(wanted ?? (most == 1 ? 1 : most + 1), indices);
    }

    private static MaskClasses Thresholded(List<string> notes)
    {
        notes.Add("Masks hold smeared greys, as lossy JPEG makes them: 128 and more is read as foreground. "
            + "Save masks as PNG.");
        return new MaskClasses(1, new Dictionary<int, int>(), IsThresholded: true);
    }

    private static MaskClasses? Several(SortedSet<int> values, List<string> notes)
    {
        if (IsIndexed(values))
        {
            notes.Add($"Masks hold the class indices 0 to {values.Max}.");
            return InOrder(values);
        }

        return IsEvenlySpread(values) || IsFewColors(values) ? InOrder(values, notes) : null;
    }

    /// <summary>The user's word: indices below the number of classes, or as many values in ascending order.</summary>
    private static MaskClasses Indexed(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, int classes, List<string> notes)
    {
        if (values.Max < classes)
        {
            return new MaskClasses(classes, Enumerable.Range(0, classes).ToDictionary(index => index, index => index));
        }

        return values.Count == classes
            ? InOrder(values, notes)
            : throw Odd(masks, values, Rarest(masks, values).First(value => value >= classes),
                $"{classes} classes are the values 0 to {classes - 1}, or exactly {classes} values");
    }

    private static MaskClasses InOrder(SortedSet<int> values, List<string> notes)
    {
        notes.Add("Mask values are read as classes: "
            + string.Join(", ", values.Select((value, index) => $"{MaskValues.Text(value)} = {index}")) + ".");
        return InOrder(values);
    }

    private static MaskClasses InOrder(SortedSet<int> values) =>
        new(values.Count, values.Select((value, index) => (value, index)).ToDictionary(p => p.value, p => p.index));

    private static bool IsIndexed(SortedSet<int> values) =>
        values.Min == 0 && values.Max == values.Count - 1 && values.Count <= MostIndices;

    private static bool IsFewColors(SortedSet<int> values) =>
        values.Max >= MaskValues.ColorMark && values.Count <= MostLevels;

    /// <summary>Greys from black to white at even distances, one more or less for rounding.</summary>
    private static bool IsEvenlySpread(SortedSet<int> values)
    {
        double step = (double)values.Max / (values.Count - 1);
        return values.Min == 0 && values.Max is byte.MaxValue or ushort.MaxValue && values.Count <= MostLevels
            && values.Select((value, index) => Math.Abs(value - (index * step))).All(distance => distance <= 1);
    }

    /// <summary>
    /// Nearly all pixels close to black or white, and a blur between them. Class indices beside 255 crowd at the ends,
    /// too, but leave the middle empty, and nobody saves them as JPEG.
    /// </summary>
    private static bool IsSmearedByJpeg(IReadOnlyList<MaskValues> masks, SortedSet<int> values)
    {
        const int Crowd = 32;
        const double LeastShare = 0.95;
        const int FewestInBetween = 8;
        bool isInBetween(int value) => value is > Crowd and < byte.MaxValue - Crowd;
        if (values.Min >= MaskClasses.Threshold || values.Max is < MaskClasses.Threshold or > byte.MaxValue)
        {
            return false;
        }

        long inBetween = masks.Sum(
            mask => mask.Counts.Where(count => isInBetween(count.Key)).Sum(count => count.Value));
        bool isBlurred = values.Count(isInBetween) >= FewestInBetween
            || masks.Where(mask => mask.Counts.Keys.Any(value => value is not 0 and not byte.MaxValue)).All(IsLossy);
        return isBlurred && inBetween <= (1 - LeastShare) * masks.Sum(mask => mask.Pixels);
    }

    private static bool IsLossy(MaskValues mask) =>
        Path.GetExtension(mask.Path).ToUpperInvariant() is ".JPG" or ".JPEG" or ".WEBP";

    /// <summary>The rarest value without which the others make sense; if there is none, the rarest of all.</summary>
    private static int LeastExpected(IReadOnlyList<MaskValues> masks, SortedSet<int> values)
    {
        int[] rarest = [.. Rarest(masks, values)];
        foreach (int value in rarest)
        {
            SortedSet<int> others = [.. values.Where(other => other != value)];
            if (others.Count == 2 || IsIndexed(others) || IsEvenlySpread(others) || IsFewColors(others))
            {
                return value;
            }
        }

        return rarest[0];
    }

    /// <summary>The values but 0, those of the fewest files and then of the fewest pixels first.</summary>
    private static IEnumerable<int> Rarest(IReadOnlyList<MaskValues> masks, SortedSet<int> values) => values
        .Where(value => value != 0)
        .OrderBy(value => masks.Count(mask => mask.Counts.ContainsKey(value)))
        .ThenBy(value => masks.Sum(mask => mask.Counts.GetValueOrDefault(value)));

    /// <summary>The error that names the first file with a value that does not belong.</summary>
    private static DataException Odd(IReadOnlyList<MaskValues> masks, SortedSet<int> values, int odd, string rule)
    {
        MaskValues first = masks.First(mask => mask.Counts.ContainsKey(odd));
        long pixels = first.Counts[odd];
        string all = values.Count <= 8
            ? string.Join(", ", values.Select(MaskValues.Text))
            : $"{values.Count} values from {MaskValues.Text(values.Min)} to {MaskValues.Text(values.Max)}";
        string mend = values.Max < MostSuggestedClasses
            ? $"Correct the mask, or give {values.Max + 1} as the number of classes if the values are class indices."
            : "Correct the mask.";
        return new DataException($"{first.Path}: holds the value {MaskValues.Text(odd)} ({pixels} "
            + $"{(pixels == 1 ? "pixel" : "pixels")}{first.Where(odd)}), but {rule}, and the masks here "
            + $"hold {all}. {mend}")
        {
            Settings = ["classes"],
        };
    }
}
