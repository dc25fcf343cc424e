namespace UNetSharp.Data;

/// <summary>
/// Finds out what the values of a data set's masks mean: two values, whatever they are, are background and foreground;
/// 0, 1, 2, … are class indices; evenly spread greys and a few colours are classes in order; the smear of greys that
/// JPEG makes of two values is thresholded; colours of PASCAL VOC's palette are its indices. What remains is an error
/// that names the file.
/// </summary>
internal static class MaskClassDetector
{
    /// <summary>More indices than this come from something else than classes, unless the user says so.</summary>
    private const int MaxIndices = 64;

    private const int MaxLevels = 32;
    private const int MaxSuggestedClasses = 64;

    /// <summary>Decides for all masks of a data set.</summary>
    /// <param name="masks">The values of every mask.</param>
    /// <param name="requestedClasses">Number of classes that the user named: 1 for background and foreground, or
    /// null.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="DataException">The values make no sense.</exception>
    public static MaskClasses Detect(IReadOnlyList<MaskValues> masks, int? requestedClasses, List<string> notes)
    {
        if (requestedClasses is < 1 or > MaskClasses.MaxClasses)
        {
            throw new DataException(
                $"{requestedClasses} classes are not possible: give 1 for background and foreground, or 2 to "
                + $"{MaskClasses.MaxClasses}.")
            {
                Settings = ["classes"],
            };
        }

        SortedSet<int> values = [.. masks.SelectMany(mask => mask.Counts.Keys)];
        if (values.Count == 1)
        {
            throw new DataException($"{masks[0].Path}: this and every other mask holds nothing but the value "
                + $"{MaskValues.Format(values.Min)}, so there is nothing to learn. Are these the masks, and are their "
                + "objects perhaps in the alpha channel, which is not read?");
        }

        return FromVocIndices(values, requestedClasses, notes) is { } voc ? voc
            : requestedClasses is > 1 ? FromIndices(masks, values, requestedClasses.Value, notes)
            : FromTwoValues(masks, values, notes)
            ?? (requestedClasses is null ? FromSeveralValues(values, notes) : null)
            ?? (IsSmearedByJpeg(masks, values) ? FromThreshold(notes) : null)
            ?? throw CreateUnexpectedValueException(
                masks, values, FindUnexpected(masks, values), "a two-class mask holds 0 and 1, or 0 and 255");
    }

    /// <summary>Two values in every mask; one mask may use 0 and 1, another 0 and 255.</summary>
    private static MaskClasses? FromTwoValues(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, List<string> notes)
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
            notes.Add($"Masks hold {MaskValues.Format(background)}, read as background, and "
                + $"{MaskValues.Format(values.First(value => value != background))}, read as foreground.");
        }

        return new MaskClasses(1, values.ToDictionary(value => value, value => value == background ? 0 : 1));
    }

    /// <summary>Indices of a palette, the last of which marks the unknown rim of objects.</summary>
    private static MaskClasses? FromVocIndices(SortedSet<int> values, int? requestedClasses, List<string> notes)
    {
        if (values.Count == 2 || !VocPalette.ContainsAll(values))
        {
            return null;
        }

        Dictionary<int, int> indices = values.ToDictionary(value => value, VocPalette.GetIndex);
        bool hasIgnored = indices.ContainsValue(MaskClasses.Ignored);
        int max = indices.Values.Where(index => index != MaskClasses.Ignored).Max();
        if (max >= (requestedClasses ?? MaxIndices))
        {
            return null;
        }

        notes.Add($"Masks have the colours of PASCAL VOC: read as the class indices 0 to {max}"
            + (hasIgnored
                ? $", {MaskValues.Format(VocPalette.GetValue(MaskClasses.Ignored))} as unknown, which counts nowhere"
                : "") + ".");
        return new MaskClasses(requestedClasses ?? (max == 1 ? 1 : max + 1), indices);
    }

    private static MaskClasses FromThreshold(List<string> notes)
    {
        notes.Add("Masks hold smeared greys, as lossy JPEG makes them: 128 and more is read as foreground. "
            + "Save masks as PNG.");
        return new MaskClasses(1, new Dictionary<int, int>(), IsThresholded: true);
    }

    private static MaskClasses? FromSeveralValues(SortedSet<int> values, List<string> notes)
    {
        if (IsIndexed(values))
        {
            notes.Add($"Masks hold the class indices 0 to {values.Max}.");
            return FromOrder(values);
        }

        return IsEvenlySpread(values) || IsFewColors(values) ? FromOrder(values, notes) : null;
    }

    /// <summary>The user's word: indices below the number of classes, or as many values in ascending order.</summary>
    private static MaskClasses FromIndices(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, int classes, List<string> notes)
    {
        if (values.Max < classes)
        {
            return new MaskClasses(classes, Enumerable.Range(0, classes).ToDictionary(index => index, index => index));
        }

        return values.Count == classes
            ? FromOrder(values, notes)
            : throw CreateUnexpectedValueException(
                masks, values, OrderByRarity(masks, values).First(value => value >= classes),
                $"{classes} classes are the values 0 to {classes - 1}, or exactly {classes} values");
    }

    private static MaskClasses FromOrder(SortedSet<int> values, List<string> notes)
    {
        notes.Add("Mask values are read as classes: "
            + string.Join(", ", values.Select((value, index) => $"{MaskValues.Format(value)} = {index}")) + ".");
        return FromOrder(values);
    }

    private static MaskClasses FromOrder(SortedSet<int> values) =>
        new(values.Count, values.Select((value, index) => (value, index)).ToDictionary(p => p.value, p => p.index));

    private static bool IsIndexed(SortedSet<int> values) =>
        values.Min == 0 && values.Max == values.Count - 1 && values.Count <= MaxIndices;

    private static bool IsFewColors(SortedSet<int> values) =>
        values.Max >= MaskValues.ColorMark && values.Count <= MaxLevels;

    /// <summary>Greys from black to white at even distances, one more or less for rounding.</summary>
    private static bool IsEvenlySpread(SortedSet<int> values)
    {
        double step = (double)values.Max / (values.Count - 1);
        return values.Min == 0 && values.Max is byte.MaxValue or ushort.MaxValue && values.Count <= MaxLevels
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
    private static int FindUnexpected(IReadOnlyList<MaskValues> masks, SortedSet<int> values)
    {
        int[] rarest = [.. OrderByRarity(masks, values)];
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
    private static IEnumerable<int> OrderByRarity(IReadOnlyList<MaskValues> masks, SortedSet<int> values) => values
        .Where(value => value != 0)
        .OrderBy(value => masks.Count(mask => mask.Counts.ContainsKey(value)))
        .ThenBy(value => masks.Sum(mask => mask.Counts.GetValueOrDefault(value)));

    /// <summary>The error that names the first file with a value that does not belong.</summary>
    private static DataException CreateUnexpectedValueException(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, int unexpected, string rule)
    {
        MaskValues first = masks.First(mask => mask.Counts.ContainsKey(unexpected));
        long pixels = first.Counts[unexpected];
        string all = values.Count <= 8
            ? string.Join(", ", values.Select(MaskValues.Format))
            : $"{values.Count} values from {MaskValues.Format(values.Min)} to {MaskValues.Format(values.Max)}";
        string mend = values.Max < MaxSuggestedClasses
            ? $"Correct the mask, or give {values.Max + 1} as the number of classes if the values are class indices."
            : "Correct the mask.";
        return new DataException($"{first.Path}: holds the value {MaskValues.Format(unexpected)} ({pixels} "
            + $"{(pixels == 1 ? "pixel" : "pixels")}{first.FormatPosition(unexpected)}), but {rule}, and the masks "
            + $"here hold {all}. {mend}")
        {
            Settings = ["classes"],
        };
    }
}
