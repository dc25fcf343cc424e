namespace UNetSharp.Data.Layouts;

/// <summary>The image files below a folder, by their names.</summary>
internal sealed class ImageIndex
{
    private const int MaxDepth = 5;

    private readonly Dictionary<string, string> _byPath = [];
    private readonly Dictionary<string, List<string>> _byName = [];

    /// <summary>Looks through a folder and those in it.</summary>
    public ImageIndex(string root)
    {
        foreach (string path in DataFolder.ImageFiles(root, MaxDepth))
        {
            _byPath[Path.GetRelativePath(root, path).Replace('\\', '/')] = path;
            string name = Path.GetFileName(path);
            if (!_byName.TryGetValue(name, out List<string>? paths))
            {
                _byName.Add(name, paths = []);
            }

            paths.Add(path);
        }
    }

    /// <summary>The file that an annotation means; null if there is none, or several.</summary>
    /// <param name="text">How the annotation writes its path; folders that it names beside are preferred.</param>
    public string? Find(string text)
    {
        string path = text.Replace('\\', '/').TrimStart('/');
        if (_byPath.TryGetValue(path, out string? exact))
        {
            return exact;
        }

        if (!_byName.TryGetValue(path.Split('/')[^1], out List<string>? named))
        {
            return null;
        }

        string[] ending =
            [.. named.Where(file => file.Replace('\\', '/').EndsWith("/" + path, StringComparison.Ordinal))];
        return ending.Length == 1 ? ending[0] : named.Count == 1 ? named[0] : null;
    }
}
