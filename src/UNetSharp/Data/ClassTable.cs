using System.Globalization;
using System.Text.Json;
using UNetSharp.Data.Layouts;

namespace UNetSharp.Data;

/// <summary>
/// What a data set's own <c>classes.json</c> says of its masks: names of classes, in the order of their indices, each
/// with its colour (<c>"#FF0000"</c> or <c>[255, 0, 0]</c>) or its grey value; the first is the background. In masks
/// with PASCAL VOC's palette a number is an index of that palette. Pixels of the name <c>ignore</c> count nowhere.
/// </summary>
internal sealed class ClassTable
{
    /// <summary>Name of the file, beside the folders of images and masks.</summary>
    public const string FileName = "classes.json";

    private const string IgnoredName = "ignore";
    private const int MaxBytes = 1 << 16;
    private const int MaxShown = 12;

    private readonly string _path;
    private readonly List<Entry> _entries = [];

    private ClassTable(string path) => _path = path;

    /// <summary>Reads the file.</summary>
    /// <exception cref="DataException">It cannot be read, or makes no sense.</exception>
    public static ClassTable Read(string path)
    {
        ClassTable table = new(path);
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        JsonFile.Parse(path, json, "a list of classes", root =>
        {
            table.Add(root);
            return 0;
        });
        return table;
    }

    /// <summary>Decides for all masks of a data set.</summary>
    /// <param name="masks">The values of every mask.</param>
    /// <param name="requestedClasses">Number of classes that the user named: 1 for background and foreground, or
    /// null.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="DataException">A mask holds a value that is not in the file.</exception>
    public MaskClasses ToMaskClasses(IReadOnlyList<MaskValues> masks, int? requestedClasses, List<string> notes)
    {
        SortedSet<int> values = [.. masks.SelectMany(mask => mask.Counts.Keys)];
        Dictionary<int, Entry> entries = ByValue(VocPalette.ContainsAll(values));
        bool isSmeared = masks.All(MaskSmear.IsLossy) && values.Any(value => !entries.ContainsKey(value));
        if (isSmeared)
        {
            notes.Add($"Masks are smeared, as lossy JPEG makes them: every pixel is read as the nearest value of "
                + $"{FileName}. Save masks as PNG.");
            values = [.. entries.Keys];
        }

        foreach (MaskValues mask in masks)
        {
            foreach (int value in mask.Counts.Keys.Where(value => !isSmeared && !entries.ContainsKey(value)))
            {
                throw new DataException(
                    $"{mask.Path}: holds the value {MaskValues.Format(value)}{mask.FormatPosition(value)}, "
                    + $"which is not in {_path}; there are {FormatNames(entries)}. Correct the mask, or add the "
                    + "value.");
            }
        }

        string[] names = [.. _entries.Where(entry => entry.Name != IgnoredName).Select(entry => entry.Name)];
        if (requestedClasses is { } count && count != names.Length && !(count == 1 && names.Length == 2))
        {
            throw new DataException($"{_path}: names {names.Length} classes, but {count} are asked for. Ask for none.")
            {
                Settings = ["classes"],
            };
        }

        if (values.Select(value => entries[value].Name).Where(name => name != IgnoredName).Distinct().Count() < 2)
        {
            throw new DataException(
                $"{masks[0].Path}: this and every other mask holds but one class of {_path}, so there "
                + "is nothing to learn. Are these the masks?");
        }

        string[] unseen = [.. entries.Where(entry => !values.Contains(entry.Key)).Select(entry => entry.Value.Name)];
        if (unseen.Length > 0)
        {
            notes.Add($"No mask holds {string.Join(", ", unseen)} of {FileName}.");
        }

        return new MaskClasses(
            names.Length == 2 && requestedClasses != 2 ? 1 : names.Length,
            entries.ToDictionary(
                entry => entry.Key,
                entry => entry.Value.Name == IgnoredName
                    ? MaskClasses.Ignored
                    : Array.IndexOf(names, entry.Value.Name)),
            Names: names)
        {
            TakesNearest = isSmeared,
        };
    }

    /// <summary>A value as the file holds it.</summary>
    public static string Format(int value) =>
        value < MaskValues.ColorMark ? MaskValues.Format(value) : $"\"{MaskValues.Format(value)}\"";

    private void Add(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw CreateException("is no list of names and values");
        }

        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!MaskClasses.IsName(property.Name))
            {
                throw CreateException("has a name that is empty, too long or not printable");
            }

            if (_entries.Any(entry => entry.Name == property.Name))
            {
                throw CreateException($"has '{property.Name}' twice");
            }

            bool isIndex = property.Value.ValueKind == JsonValueKind.Number;
            _entries.Add(new Entry(property.Name, ParseValue(property.Name, property.Value), isIndex));
        }

        int classes = _entries.Count(entry => entry.Name != IgnoredName);
        if (classes is < 2 or > MaskClasses.MaxClasses)
        {
            throw CreateException(
                $"names {classes} classes, but 2 to {MaskClasses.MaxClasses} can be, background first");
        }
    }

    private int ParseValue(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt16(out ushort grey))
        {
            return grey;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is ['#', .. { Length: 6 } digits]
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb))
        {
            return MaskValues.EncodeColor(rgb >> 16, (rgb >> 8) & 255, rgb & 255);
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3)
        {
            byte[] parts = [.. value.EnumerateArray().SelectMany(ParseChannel)];
            if (parts is [byte red, byte green, byte blue])
            {
                return MaskValues.EncodeColor(red, green, blue);
            }
        }

        throw CreateException($"gives '{name}' no value");
    }

    private static IEnumerable<byte> ParseChannel(JsonElement part) =>
        part.ValueKind == JsonValueKind.Number && part.TryGetByte(out byte value) ? [value] : [];

    /// <summary>The entries by the values that masks hold for them.</summary>
    private Dictionary<int, Entry> ByValue(bool hasVocPalette)
    {
        Dictionary<int, Entry> entries = [];
        foreach (Entry entry in _entries)
        {
            int value = entry.IsIndex && hasVocPalette ? VocPalette.GetValue(Math.Min(entry.Value, 255)) : entry.Value;
            if (!entries.TryAdd(value, entry))
            {
                throw CreateException(
                    $"gives '{entries[value].Name}' and '{entry.Name}' the same value {MaskValues.Format(value)}");
            }
        }

        return entries;
    }

    private static string FormatNames(Dictionary<int, Entry> entries) =>
        string.Join(", ", entries.Take(MaxShown).Select(entry => $"{entry.Value.Name} {MaskValues.Format(entry.Key)}"))
            + (entries.Count > MaxShown ? $" and {entries.Count - MaxShown} more" : "");

    private DataException CreateException(string what) => new(
        $"{_path}: {what}. Write names with colours or grey values, such as "
            + "{\"background\": \"#000000\", \"cell\": [255, 0, 0], \"edge\": 2}.");

    private sealed record Entry(string Name, int Value, bool IsIndex);
}
