namespace UNetSharp.Data.Layouts;

/// <summary>What a folder or file is for, by its name.</summary>
internal enum FoundPart
{
    /// <summary>The name does not say.</summary>
    None,

    /// <summary>To train on.</summary>
    Training,

    /// <summary>To validate with.</summary>
    Validation,

    /// <summary>To test with, which is not read.</summary>
    Test,
}

/// <summary>The names that people give to the parts of a data set.</summary>
internal static class SplitNames
{
    private static readonly char[] Separators = ['_', '-', ' ', '.', '/', '\\'];

    private static readonly Dictionary<string, FoundPart> Parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = FoundPart.Training,
        ["training"] = FoundPart.Training,
        ["tr"] = FoundPart.Training,
        ["val"] = FoundPart.Validation,
        ["valid"] = FoundPart.Validation,
        ["validation"] = FoundPart.Validation,
        ["dev"] = FoundPart.Validation,
        ["test"] = FoundPart.Test,
        ["testing"] = FoundPart.Test,
        ["ts"] = FoundPart.Test,
        ["te"] = FoundPart.Test,
    };

    /// <summary>The part that a name names: <c>train2017</c>, <c>DUTS-TR</c>, <c>instances_val.json</c>.</summary>
    public static FoundPart FindPart(string name) => name
        .Split(Separators, StringSplitOptions.RemoveEmptyEntries)
        .Select(word => Parts.GetValueOrDefault(word.TrimEnd("0123456789".ToCharArray())))
        .FirstOrDefault(part => part != FoundPart.None);

    /// <summary>The folder of a part directly in another one; null if there is none.</summary>
    public static string? FindFolder(string directory, FoundPart part) => Directory.GetDirectories(directory)
        .Order(StringComparer.Ordinal)
        .FirstOrDefault(path => Parts.GetValueOrDefault(Path.GetFileName(path)) == part);
}
