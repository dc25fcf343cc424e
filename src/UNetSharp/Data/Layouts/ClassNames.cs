namespace UNetSharp.Data.Layouts;

/// <summary>Names of what people marked, each a class from 1; what nobody marked is the background.</summary>
internal sealed class ClassNames
{
    private const string Background = "background";

    private static readonly HashSet<string> BackgroundNames =
        new([Background, "_background_", "__background__", "bg"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> IgnoredNames =
        new(["ignore", "__ignore__", "_ignore_", "void", "unknown"], StringComparer.OrdinalIgnoreCase);

    private readonly List<string> _names = [];

    /// <summary>Classes of so many names, in this order.</summary>
    /// <exception cref="DataException">There are more than there can be.</exception>
    public ClassNames(string path, IEnumerable<string> names)
    {
        _names = [.. names.Distinct().Where(name => !BackgroundNames.Contains(name) && !IgnoredNames.Contains(name))];
        if (_names.Count >= MaskClasses.MaxClasses || !_names.All(MaskClasses.IsName))
        {
            throw new DataException($"{path}: names {_names.Count} classes of which at least one is too much, empty, "
                + "too long or not printable.");
        }
    }

    /// <summary>What the values of drawn masks mean.</summary>
    public MaskClasses Masks => new(
        _names.Count == 1 ? 1 : _names.Count + 1,
        Enumerable.Range(0, _names.Count + 1).Append(MaskClasses.Ignored).ToDictionary(value => value),
        Names: [Background, .. _names]);

    /// <summary>The value in masks of a name.</summary>
    public int GetValue(string name) =>
        IgnoredNames.Contains(name) ? MaskClasses.Ignored : _names.IndexOf(name) + 1;
}
