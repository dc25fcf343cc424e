using System.Text;

namespace UNetSharp.Files;

/// <summary>Files that are whole or not there; see <see cref="UnfinishedFile"/>.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">Its place; a file that is there is replaced.</param>
    /// <param name="write">Writes what is in it.</param>
    /// <exception cref="IOException">The file cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The place may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using UnfinishedFile file = new(path);
        write(file.Stream);
        file.Complete();
    }

    /// <summary>Writes a file of bytes that are in memory.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes a text file in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));
}
