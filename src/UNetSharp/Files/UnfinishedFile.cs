using System.Security.Cryptography;

namespace UNetSharp.Files;

/// <summary>
/// A file in the making: it is written beside its place, flushed to the disk and renamed, so that whatever ends the
/// program earlier, the file that was there before stays. Until then it bears a name that nobody can know before, and
/// is created new, so that no link that somebody has put there is followed.
/// </summary>
public sealed class UnfinishedFile : IDisposable
{
    private const string Extension = ".part";
    private const int RandomBytes = 8;

    private readonly string _path;
    private readonly string _unfinished;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its place; a file that is there is replaced when this one is complete.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public UnfinishedFile(string path)
    {
        _path = path;
        _unfinished = $"{path}.{RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true)}{Extension}";
        Stream = new FileStream(_unfinished, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>What is written to it is in the file.</summary>
    public FileStream Stream { get; }

    /// <summary>Removes what programs left in a folder that were killed while they wrote there.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or not be written to.</exception>
    internal static void RemoveAbandoned(string folder)
    {
        foreach (string file in Directory.GetFiles(folder, "*" + Extension).Where(IsUnfinished))
        {
            File.Delete(file);
        }
    }

    /// <summary>Puts the file in its place, with all that was written to it.</summary>
    /// <exception cref="IOException">The rest cannot be written, or the file not be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_unfinished, _path, overwrite: true);
    }

    /// <summary>Removes the file if it is not complete.</summary>
    public void Dispose()
    {
        try
        {
            try
            {
                Stream.Dispose(); // writes what is left, which may fail too
            }
            finally
            {
                File.Delete(_unfinished); // of a complete file there is none
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The write's own error says more than that its remains cannot be removed either.
        }
    }

    private static bool IsUnfinished(string file)
    {
        string random = Path.GetExtension(Path.GetFileNameWithoutExtension(file)).TrimStart('.');
        return random.Length == 2 * RandomBytes && random.All(char.IsAsciiHexDigitLower);
    }
}
