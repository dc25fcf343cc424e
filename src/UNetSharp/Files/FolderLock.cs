using System.Globalization;
using System.Text;

namespace UNetSharp.Files;

/// <summary>
/// The right to write to a folder, which one program at a time has: two that write the same files would leave a mixture
/// of both. It is a file that is locked as long as the program runs; the system gives the lock back however it ends.
/// Who has it stands in a file beside it, as a locked one cannot be read everywhere.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = ".unet.lock";
    private const string HolderName = ".unet.holder";

    private readonly FileStream _file;
    private readonly FileStream _holder;

    private FolderLock(FileStream file, FileStream holder) => (_file, _holder) = (file, holder);

    /// <summary>
    /// Takes the right, makes the folder if it is not there, and removes unfinished files of programs that were killed.
    /// </summary>
    /// <exception cref="IOException">Another program has the right, or the folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static FolderLock Acquire(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"{path}: is a link, which is not followed; remove it.");
        }

        FileStream file;
        try
        {
            file = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException(
                $"{folder}: another program is writing to it{DescribeHolder(folder)}. Wait for it, or name another "
                + "folder.",
                e);
        }

        try
        {
            UnfinishedFile.RemoveAbandoned(folder);
            return new FolderLock(file, WriteHolder(Path.Combine(folder, HolderName)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _holder.Dispose();
        _file.Dispose();
    }

    private static FileStream WriteHolder(string path)
    {
        File.Delete(path); // of a program that was killed, or a link, which is not written through
        FileStream file = new(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1,
            FileOptions.DeleteOnClose);
        file.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.Now:yyyy-MM-dd HH:mm:ss}")));
        file.Flush();
        return file;
    }

    private static string DescribeHolder(string folder)
    {
        const int MaxCharacters = 200;
        try
        {
            using FileStream file = new(
                Path.Combine(folder, HolderName),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            string text = reader.ReadToEnd();
            return text.Length is 0 or > MaxCharacters || text.Any(char.IsControl) ? "" : $" ({text})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
