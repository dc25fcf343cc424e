namespace UNetSharp.Interop;

/// <summary>Files that are whole or not there; see <see cref="UnfinishedFile"/>.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using UnfinishedFile file = new(path);
        write(file.Stream);
        file.Complete();
    }

    /// <summary>Writes a text file.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
