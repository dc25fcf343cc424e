using UNetSharp.Files;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// The files beside an ONNX file that hold the numbers of its arrays (external data,
/// https://onnx.ai/onnx/repo-docs/ExternalData.html). None outside of the file's own folder is opened.
/// </summary>
/// <param name="folder">The ONNX file's folder.</param>
internal sealed class OnnxDataFiles(string folder)
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The names of the files that were read.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>The bytes of an array.</summary>
    /// <param name="array">The array's name, for messages.</param>
    /// <param name="entries">Where they lie: location, offset and length.</param>
    /// <param name="count">How many there must be.</param>
    /// <exception cref="InvalidDataException">They are not there.</exception>
    public byte[] Read(string array, IReadOnlyDictionary<string, string> entries, double count)
    {
        string name = entries.GetValueOrDefault("location", "");
        string shown = $"'{CheckpointException.Sanitize(array)}' in {CheckpointException.Sanitize(name)}";
        string path = Path.GetFullPath(Path.Combine(folder, name));
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        if (name.Length == 0 || name.Contains('\0') || Path.IsPathRooted(name)
            || !path.StartsWith(root, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"the numbers of {shown} are outside of the model's own folder");
        }

        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            long offset = Parse(entries, "offset", 0);
            if (offset < 0 || count > Array.MaxLength || count > stream.Length - offset
                || Parse(entries, "length", (long)count) != (long)count)
            {
                throw new InvalidDataException($"the numbers of {shown} are not all there");
            }

            byte[] bytes = new byte[(int)count];
            stream.Position = offset;
            stream.ReadExactly(bytes);
            _names.Add(name);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"the numbers of {shown} cannot be read; that file belongs beside the model", e);
        }
    }

    private static long Parse(IReadOnlyDictionary<string, string> entries, string key, long defaultValue) =>
        !entries.TryGetValue(key, out string? text) ? defaultValue
        : long.TryParse(text, out long number) ? number
        : -1;
}
