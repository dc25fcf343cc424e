namespace UNetSharp.Files;

/// <summary>
/// Files that come from elsewhere. A pipe or a device under a file's name would keep whoever opens it waiting for ever,
/// or never end; all that is known of them without opening them is that they have no length.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="IOException">It is missing, empty, or no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        RequireContent(path);
        return File.OpenRead(path);
    }

    /// <summary>Reads a file whole.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path)
    {
        RequireContent(path);
        return File.ReadAllBytes(path);
    }

    private static void RequireContent(string path)
    {
        FileInfo link = new(path);
        if (link.Exists && (link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? link).Length == 0)
        {
            throw new IOException("It is empty, or a pipe or a device; name a file.");
        }
    }
}
