using System.Globalization;

namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Augmentations by name, and how people write them: one of the sets none, flips, paper and strong, or a list such as
/// flips,rotate=15,elastic=10:0.5 of name=strength:probability. A list may start with a set and change parts of it:
/// strong,turns:0.
/// </summary>
public static class AugmentationCatalog
{
    private const string GridName = "grid";
    private const int DefaultGrid = 3;
    private const int MaxGrid = 16;

    /// <summary>Every augmentation, in the order in which they are listed.</summary>
    public static readonly IReadOnlyList<AugmentationEntry> Entries =
    [
        new("flips", new(0, 0.5f), 0, "", s => s.Flips, (s, a) => s with { Flips = a }),
        new("vflips", new(0, 0.5f), 0, "", s => s.VerticalFlips, (s, a) => s with { VerticalFlips = a }),
        new(
            "turns",
            new(0, 0.75f),
            0,
            "",
            s => s.QuarterTurns,
            (s, a) => s with { QuarterTurns = a }), // all four equally often
        new("shift", new(0.1f, 1), 0.5f, "share of the side", s => s.Shift, (s, a) => s with { Shift = a }),
        new("rotate", new(15, 1), 180, "degrees", s => s.Rotate, (s, a) => s with { Rotate = a }),
        new("scale", new(0.2f, 1), 1, "factor less 1", s => s.Scale, (s, a) => s with { Scale = a }),
        new("elastic", new(10, 0.5f), 100, "pixels", s => s.Elastic, (s, a) => s with { Elastic = a }),
        new("foreground", new(0, 0.5f), 0, "", s => s.Foreground, (s, a) => s with { Foreground = a }),
        new("brightness", new(0.1f, 0.5f), 1, "share of range", s => s.Brightness, (s, a) => s with { Brightness = a }),
        new("contrast", new(0.25f, 0.5f), 4, "factor less 1", s => s.Contrast, (s, a) => s with { Contrast = a }),
        new("gamma", new(0.3f, 0.5f), 4, "power less 1", s => s.Gamma, (s, a) => s with { Gamma = a }),
        new("noise", new(0.03f, 0.5f), 1, "share of range", s => s.Noise, (s, a) => s with { Noise = a }),
        new("blur", new(1, 0.5f), 10, "pixels", s => s.Blur, (s, a) => s with { Blur = a }),
    ];

    /// <summary>
    /// The sets by name. "paper" is what the U-Net paper names in its section 3.1 (https://arxiv.org/abs/1505.04597):
    /// shift and rotation invariance, robustness to deformations and to grey-value variations.
    /// </summary>
    private static readonly (string Name, string List)[] Sets =
    [
        ("none", ""),
        ("flips", "flips"),
        ("paper", "shift,rotate=180,elastic=10:1,brightness,contrast,gamma"),
        ("strong", "flips,vflips,turns,shift,rotate=45,scale,elastic,foreground,brightness,contrast,gamma,noise,blur"),
    ];

    /// <summary>Names of the sets.</summary>
    public static IEnumerable<string> SetNames => Sets.Select(set => set.Name);

    /// <summary>What can be given, in a line for people.</summary>
    public static string Usage { get; } =
        $"{string.Join(", ", SetNames)}, or a list of name=strength:probability, "
        + $"such as flips,rotate=15,elastic=10:0.5, from {string.Join(", ", Entries.Select(entry => entry.Name))} and "
        + $"{GridName}";

    /// <summary>Reads a set's name or a list.</summary>
    /// <exception cref="ArgumentException">It is neither; the message names the part and the mend.</exception>
    public static AugmentationSettings Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        (string Name, string List) set = Array.Find(Sets, known => known.Name == parts[0]);
        AugmentationSettings settings = AugmentationSettings.None;
        if (set.Name is not null)
        {
            settings = set.List.Length == 0 ? settings : set.List.Split(',').Aggregate(settings, Apply);
            parts = parts[1..];
        }

        return parts.Aggregate(settings, Apply);
    }

    /// <summary>The settings as a list with every number, whatever later releases take for a bare name.</summary>
    internal static string Format(AugmentationSettings settings)
    {
        List<string> parts =
        [
            .. from entry in Entries
               let value = entry.Get(settings)
               where value.Probability > 0
               let strength = entry.MaxStrength > 0 ? FormatInvariant($"={value.Strength}") : ""
               select FormatInvariant($"{entry.Name}{strength}:{value.Probability}"),
        ];
        if (settings.ElasticGrid != DefaultGrid)
        {
            parts.Add(FormatInvariant($"{GridName}={settings.ElasticGrid}"));
        }

        return parts.Count == 0 ? "none" : string.Join(',', parts);
    }

    /// <summary>The settings, changed by one part of a list.</summary>
    private static AugmentationSettings Apply(AugmentationSettings settings, string part)
    {
        (string rest, string? probability) = SplitAt(part, ':');
        (string name, string? strength) = SplitAt(rest, '=');
        if (name == GridName)
        {
            bool isNumber = int.TryParse(strength, CultureInfo.InvariantCulture, out int grid) && probability is null;
            return isNumber && grid is >= 2 and <= MaxGrid
                ? settings with { ElasticGrid = grid }
                : throw new ArgumentException($"'{part}': give {GridName}=N with a whole number from 2 to {MaxGrid}.");
        }

        if (Entries.FirstOrDefault(entry => entry.Name == name) is not { } known)
        {
            string hint = Array.Exists(Sets, set => set.Name == part)
                ? $"'{part}' is a set, which stands alone or first"
                : $"'{name}' is no augmentation";
            throw new ArgumentException($"{hint}; give {Usage}.");
        }

        if (known.MaxStrength == 0 && strength is not null)
        {
            throw new ArgumentException($"'{part}': {name} has no strength; give {name} or {name}:probability.");
        }

        return known.With(settings, new Augmentation(
            strength is null
                ? known.Default.Strength
                : ParseNumber(part, strength, "strength", known.MaxStrength, known.Unit),
            probability is null ? known.Default.Probability : ParseNumber(part, probability, "probability", 1, "")));
    }

    private static (string Before, string? After) SplitAt(string text, char mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private static float ParseNumber(string part, string text, string kind, float max, string unit)
    {
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return float.TryParse(text, Plain, CultureInfo.InvariantCulture, out float number) && number <= max
            ? number
            : throw new ArgumentException(FormatInvariant($"'{part}': the {kind} is a number from 0 to {max}")
                + (unit.Length > 0 ? $" ({unit})." : "."));
    }

    private static string FormatInvariant(FormattableString text) => FormattableString.Invariant(text);
}
