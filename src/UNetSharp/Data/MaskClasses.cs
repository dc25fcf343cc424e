using System.Text.Json.Serialization;

namespace UNetSharp.Data;

/// <summary>What the values of masks mean.</summary>
/// <param name="Classes">Channels of the network's result: 1 for one foreground class, K for classes 0 to K −
/// 1.</param>
/// <param name="ClassOfValue">Class of each value of <see cref="MaskValues"/>; class 0 is the background.</param>
/// <param name="IsThresholded">Whether values of 128 and more are foreground, and no table is used.</param>
/// <param name="Names">Name of each class, the background first; null if nobody gave names.</param>
public sealed record MaskClasses(
    int Classes,
    IReadOnlyDictionary<int, int> ClassOfValue,
    bool IsThresholded = false,
    IReadOnlyList<string>? Names = null)
{
    /// <summary>The class of values that are not in the table, such as numbers of objects; null if they have
    /// none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? OtherValues { get; init; }

    /// <summary>Whether a value that is not in the table belongs to the class of the nearest one that is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TakesNearest { get; init; }

    /// <summary>The class of pixels of which nobody knows what they are: they count in no loss and no score.</summary>
    public const byte Ignored = 255;

    /// <summary>Classes that there can be beside <see cref="Ignored"/>.</summary>
    internal const int MaxClasses = 255;

    private const int MaxNameLength = 80;

    /// <summary>The least value that is foreground in thresholded masks.</summary>
    internal const int Threshold = 128;

    /// <summary>Number of classes with the background.</summary>
    [JsonIgnore]
    public int ClassCount => Math.Max(2, Classes);

    /// <summary>The class of a value, or −1 if it has none.</summary>
    public int GetClass(int value) =>
        ClassOfValue.TryGetValue(value, out int index) ? index
        : IsThresholded ? (value >= Threshold ? 1 : 0)
        : TakesNearest ? ClassOfValue.MinBy(entry => MaskSmear.Distance(entry.Key, value)).Value
        : OtherValues ?? -1;

    /// <summary>The name of a class.</summary>
    public string GetName(int index) =>
        Names?[index] ?? (Classes > 1 ? $"class {index}" : index == 0 ? "background" : "foreground");

    /// <summary>Whether a text can be the name of a class: it is short and safe to print.</summary>
    internal static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxNameLength } && !text.Any(char.IsControl);

    /// <summary>Whether there are names for all classes, or none at all.</summary>
    [JsonIgnore]
    internal bool AreNamesComplete => Names is null || (Names.Count == ClassCount && Names.All(IsName));

    /// <summary>The class of every pixel.</summary>
    /// <exception cref="DataException">A value has no class.</exception>
    public byte[] Read(string path, Picture mask)
    {
        byte[] classes = new byte[mask.Width * mask.Height];
        for (int i = 0; i < classes.Length; i++)
        {
            int value = MaskValues.GetValue(mask, i);
            int index = GetClass(value);
            classes[i] = index >= 0
                ? (byte)index
                : throw new DataException($"{path}: holds the value {MaskValues.Format(value)} at ({i % mask.Width}, "
                    + $"{i / mask.Width}), which stands for no class; known are "
                    + $"{string.Join(", ", ClassOfValue.Keys.Select(MaskValues.Format))}. Correct the mask.");
        }

        return classes;
    }
}
