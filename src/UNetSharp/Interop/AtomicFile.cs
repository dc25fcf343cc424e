namespace UNetSharp.Interop;

/// <summary>
/// Files that are whole or not there: a file is written beside its place, flushed to the disk and renamed, so that
/// whatever ends the program earlier, the file that was there before stays.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string unfinished = path + ".part";
        try
        {
            using (FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            Discard(unfinished);
            throw;
        }
    }

    /// <summary>Writes a text file.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The write's own error says more than that its remains cannot be removed either.
        }
    }
}
