using UNetSharp.Data;

namespace UNetSharp.Workflows;

/// <summary>The pictures to predict.</summary>
/// <param name="Pictures">The files, and all pages of those that have several.</param>
/// <param name="Folder">Full path of the folder in which they lie.</param>
/// <param name="IsSeveral">Whether there may be many: a folder was named, or a file of several pages.</param>
internal sealed record PredictionInput(IReadOnlyList<InputPicture> Pictures, string Folder, bool IsSeveral)
{
    /// <summary>Finds the pictures of a folder, or of a file.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="countPages">Counts the pages of a file.</param>
    /// <exception cref="DataException">There are none.</exception>
    public static PredictionInput Find(string path, PageCounter countPages)
    {
        if (File.Exists(path))
        {
            InputPicture[] pages = [.. GetPages(path, countPages)];
            return new PredictionInput(pages, Path.GetDirectoryName(Path.GetFullPath(path))!, pages.Length > 1);
        }

        if (!Directory.Exists(path))
        {
            throw new DataException($"{path}: there is no such file or folder.");
        }

        IReadOnlyList<string> files = DataFolder.ImageFiles(path);
        return files.Count > 0
            ? new PredictionInput(
                [.. files.SelectMany(file => GetPages(file, countPages))],
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
                IsSeveral: true)
            : throw new DataException($"{path}: holds no pictures.");
    }

    /// <summary>The pages of a file; their numbers have as many digits as the last one's, so that names sort.</summary>
    private static IEnumerable<InputPicture> GetPages(string file, PageCounter countPages)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        int count = Count(file, countPages);
        int digits = $"{count - 1}".Length;
        return count == 1
            ? [new InputPicture(file, name)]
            : Enumerable.Range(0, count)
                .Select(page => new InputPicture(file, $"{name}-{page.ToString($"d{digits}", null)}", page));
    }

    private static int Count(string file, PageCounter countPages)
    {
        try
        {
            return countPages(file);
        }
        catch (DataException)
        {
            return 1; // what is wrong is said when it is read, and the rest goes on
        }
    }
}
