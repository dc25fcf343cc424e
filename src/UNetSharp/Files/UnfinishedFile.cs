namespace UNetSharp.Files;

/// <summary>
/// A file in the making: it is written beside its place, flushed to the disk and renamed, so that whatever ends the
/// program earlier, the file that was there before stays.
/// </summary>
public sealed class UnfinishedFile : IDisposable
{
    private readonly string _path;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its place; a file that is there is replaced when this one is complete.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public UnfinishedFile(string path)
    {
        _path = path;
        Stream = new FileStream(Unfinished, FileMode.Create, FileAccess.Write);
    }

    /// <summary>What is written to it is in the file.</summary>
    public FileStream Stream { get; }

    private string Unfinished => _path + ".part";

    /// <summary>Puts the file in its place, with all that was written to it.</summary>
    /// <exception cref="IOException">The rest cannot be written, or the file not be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(Unfinished, _path, overwrite: true);
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
                File.Delete(Unfinished); // of a complete file there is none
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The write's own error says more than that its remains cannot be removed either.
        }
    }
}
