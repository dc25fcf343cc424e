namespace UNetSharp.Data.Layouts;

/// <summary>What the readers of annotations have in common.</summary>
internal static class AnnotationFiles
{
    private const int MaxSide = 1 << 15;

    /// <summary>The JSON files of a folder, by name; hidden ones and our own are left out.</summary>
    public static IEnumerable<string> ListJson(string directory) => List(directory, "*.json")
        .Where(path => Path.GetFileName(path) is not ClassTable.FileName and not NnuNet.FileName);

    /// <summary>The files of a pattern in a folder, by name; hidden ones are left out.</summary>
    public static IEnumerable<string> List(string directory, string pattern) => Directory
        .GetFiles(directory, pattern, new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
        .Where(path => !Path.GetFileName(path).StartsWith('.'))
        .Order(NaturalOrder.Instance);

    /// <summary>Size of an image, as a file states it.</summary>
    /// <exception cref="DataException">No image has such a size.</exception>
    public static PictureSize RequireSize(string path, int height, int width) =>
        height is >= 1 and <= MaxSide && width is >= 1 and <= MaxSide
            ? new PictureSize(height, width)
            : throw new DataException($"{path}: states an image of {height}x{width}, which is none.");
}
