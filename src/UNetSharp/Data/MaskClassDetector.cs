namespace UNetSharp.Data;

/// <summary>
/// Finds out what the values of a data set's masks mean: two values, whatever they are, are background and foreground;
/// 0, 1, 2, … are class indices, and 255 beside them is unknown; evenly spread greys and a few colours are classes in
/// order; numbers and colours of single objects are foreground; what JPEG or soft edges smear belongs to the nearest
/// value; colours of PASCAL VOC's palette are its indices. What remains is an error that names the file.
/// </summary>
internal static class MaskClassDetector
{
    /// <summary>More indices than this come from something else than classes, unless the user says so.</summary>
    private const int MaxIndices = 64;

    private const int MaxLevels = 32;
    private const int MaxNamed = 6;
    private const int MaxSuggestedClasses = 64;

    /// <summary>Least distance of greys that people chose to be seen.</summary>
    private const int LeastStep = 20;

    /// <summary>A rim may have this many times the pixels of what it surrounds.</summary>
    private const int LeastOfRim = 4;

    /// <summary>Decides for all masks of a data set.</summary>
    /// <param name="masks">The values of every mask.</param>
    /// <param name="settings">What the user says of them.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="DataException">The values make no sense.</exception>
    public static MaskClasses Detect(IReadOnlyList<MaskValues> masks, MaskSettings settings, List<string> notes)
    {
        if (settings.Classes is < 1 or > MaskClasses.MaxClasses)
        {
            throw new DataException(
                $"{settings.Classes} classes are not possible: give 1 for background and foreground, or 2 to "
                + $"{MaskClasses.MaxClasses}.")
            {
                Settings = ["classes"],
            };
        }

        if (settings.Ignored is { } ignored)
        {
            MaskClasses known = Detect(
                [.. masks.Select(mask => mask.Without(ignored))], settings with { Ignored = null }, notes);
            return WithIgnored(known, ignored);
        }

        SortedSet<int> values = [.. masks.SelectMany(mask => mask.Counts.Keys)];
        if (values.Count <= 1)
        {
            throw new DataException(values.Max == 0
                ? $"{masks[0].Path}: this and every other mask is empty: they hold nothing but the value 0, so there "
                    + "is nothing to learn. Are these the masks, and are their objects perhaps in the alpha channel, "
                    + "which is not read?"
                : $"{masks[0].Path}: this and every other mask holds nothing but the value "
                    + $"{MaskValues.Format(values.Max)}, so there is nothing to learn. Are these the masks?");
        }

        return settings.Kind switch
        {
            MaskKind.Foreground or MaskKind.Instances => FromSmear(masks, values, notes) ?? FromForeground(values),
            MaskKind.Classes => FromIndices(masks, values, settings.Classes ?? CountClasses(values), notes),
            _ => FromVocIndices(values, settings.Classes, notes)
                ?? FromUnknownRim(masks, values, settings.Classes, notes)
                ?? (settings.Classes is > 1 ? FromIndices(masks, values, settings.Classes.Value, notes) : null)
                ?? FromTwoValues(masks, values, notes)
                ?? FromObjects(masks, values, notes)
                ?? FromSmear(masks, values, notes)
                ?? (settings.Classes is null ? FromSeveralValues(masks, values, notes) : null)
                ?? throw CreateUnexpectedValueException(
                    masks,
                    values,
                    FindUnexpected(masks, values),
                    "a two-class mask holds 0 and 1, or 0 and 255"),
        };
    }

    /// <summary>The same, with a value that marks what nobody knows.</summary>
    private static MaskClasses WithIgnored(MaskClasses known, int ignored)
    {
        Dictionary<int, int> classes = new(known.ClassOfValue) { [ignored] = MaskClasses.Ignored };
        return known with { ClassOfValue = classes };
    }

    /// <summary>Indices beside 255, which marks the rim of objects that nobody is sure of (VOC, Cityscapes).</summary>
    private static MaskClasses? FromUnknownRim(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, int? requestedClasses, List<string> notes)
    {
        SortedSet<int> others = [.. values.Where(value => value != byte.MaxValue)];
        bool isIndexed = requestedClasses is > 1 ? others.Max < requestedClasses : IsIndexed(others);
        bool areTogether = masks.Any(mask => mask.Counts.Count > 2 && mask.Counts.ContainsKey(byte.MaxValue));
        long rim = masks.Sum(mask => mask.Counts.GetValueOrDefault(byte.MaxValue));
        if (!values.Contains(byte.MaxValue) || others.Count < 2 || !isIndexed || !areTogether
            || (others.Max == 1 && LeastOfRim * masks.Sum(mask => mask.Counts.GetValueOrDefault(1)) < rim))
        {
            return null;
        }

        notes.Add($"Masks hold the class indices 0 to {others.Max} and 255, which is read as unknown and counts "
            + "nowhere: it is ignored.");
        int classes = requestedClasses ?? (others.Max == 1 ? 1 : others.Max + 1);
        return WithIgnored(
            new MaskClasses(classes, Enumerable.Range(0, Math.Max(classes, 2)).ToDictionary(index => index)),
            byte.MaxValue);
    }

    private static MaskClasses? FromObjects(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, List<string> notes)
    {
        if (!MaskObjects.AreObjects(masks))
        {
            return null;
        }

        string what = values.Max >= MaskValues.ColorMark ? "a colour of its own for each object" : "object numbers";
        notes.Add($"Masks hold {what} (instances), {values.Count - 1} values of one piece each: all objects are "
            + "foreground. If they are classes, say so (masks: classes).");
        return FromForeground(values);
    }

    private static MaskClasses FromForeground(SortedSet<int> values) =>
        new(1, new Dictionary<int, int> { [values.Contains(0) ? 0 : values.Min] = 0 }) { OtherValues = 1 };

    /// <summary>A few colours or greys, smeared by JPEG or by soft edges.</summary>
    private static MaskClasses? FromSmear(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, List<string> notes)
    {
        if (IsIndexed(values) || MaskSmear.FindPure(masks) is not { Count: >= 2 } pure)
        {
            return null;
        }

        string cause = masks.All(MaskSmear.IsLossy) ? "are smeared, as lossy JPEG makes them"
            : "have soft edges (or were JPEG once)";
        if (pure is [< MaskClasses.Threshold / 2, > MaskClasses.Threshold and <= byte.MaxValue])
        {
            notes.Add($"Masks {cause}: 128 and more is read as foreground. Save masks as PNG, without blending.");
            return new MaskClasses(1, new Dictionary<int, int>(), IsThresholded: true);
        }

        notes.Add($"Masks {cause}: every pixel is read as the nearest of "
            + string.Join(", ", pure.Select((value, index) => $"{MaskValues.Format(value)} = {index}"))
            + ". Save masks as PNG, without blending.");
        return new MaskClasses(
            pure.Count == 2 ? 1 : pure.Count,
            pure.Select((value, index) => (value, index)).ToDictionary(pair => pair.value, pair => pair.index))
        {
            TakesNearest = true,
        };
    }

    private static int CountClasses(SortedSet<int> values) =>
        values.Max < MaxSuggestedClasses ? values.Max + 1 : values.Count;

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

    private static MaskClasses? FromSeveralValues(
        IReadOnlyList<MaskValues> masks, SortedSet<int> values, List<string> notes)
    {
        if (masks.All(MaskSmear.IsLossy) && values.Max < MaxSuggestedClasses)
        {
            throw new DataException($"{masks[0].Path}: holds class indices, 0 to {values.Max}, saved as JPEG, which "
                + "changes them beyond repair. Save masks as PNG.");
        }

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

    /// <summary>Greys at even distances from black, wide enough to be no indices; one more or less for
    /// rounding.</summary>
    private static bool IsEvenlySpread(SortedSet<int> values)
    {
        double step = (double)values.Max / (values.Count - 1);
        return values.Min == 0 && values.Max < MaskValues.ColorMark && step >= LeastStep && values.Count <= MaxLevels
            && values.Select((value, index) => Math.Abs(value - (index * step))).All(distance => distance <= 1);
    }

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
        string mend = (values.Max < MaxSuggestedClasses
            ? $"Correct the mask, or give {values.Max + 1} as the number of classes if the values are class indices"
            : "Correct the mask")
            + (values.Count <= MaxNamed
                ? $", or say what they mean in {ClassTable.FileName}: "
                    + $"{{{string.Join(", ", values.Select(FormatName))}}}."
                : ", or say that all but 0 is foreground (masks: foreground).");
        return new DataException($"{first.Path}: holds the value {MaskValues.Format(unexpected)} ({pixels} "
            + $"{(pixels == 1 ? "pixel" : "pixels")}{first.FormatPosition(unexpected)}), but {rule}, and the masks "
            + $"here hold {all}. {mend}")
        {
            Settings = ["classes"],
        };
    }

    private static string FormatName(int value, int index) =>
        $"\"{(index == 0 ? "background" : $"class {index}")}\": {ClassTable.Format(value)}";
}
