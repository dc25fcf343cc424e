using UNetSharp.Data;

namespace UNetSharp.Cli.Prediction;

/// <summary>The pictures to predict.</summary>
/// <param name="Files">The files.</param>
/// <param name="Folder">Full path of the folder in which they lie.</param>
/// <param name="IsFolder">Whether the folder was named, and not a single file.</param>
internal sealed record PredictionInput(IReadOnlyList<string> Files, string Folder, bool IsFolder)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static PredictionInput Of(string path)
    {
        if (File.Exists(path))
        {
            return new PredictionInput([path], Path.GetDirectoryName(Path.GetFullPath(path))!, IsFolder: false);
        }

        if (!Directory.Exists(path))
        {
            throw new DataException($"{path}: there is no such file or folder.");
        }

        IReadOnlyList<string> files = DataFolder.ImageFiles(path);
        return files.Count > 0
            ? new PredictionInput(files, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), IsFolder: true)
            : throw new DataException($"{path}: holds no pictures.");
    }
}
