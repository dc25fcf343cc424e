using UNetSharp.Files;

namespace UNetSharp.Tests.Files;

/// <summary>Of two programs that write to one folder the second is told of the first.</summary>
public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_second_is_told_who_has_the_folder()
    {
        using (FolderLock.Acquire(_folder.Path))
        {
            IOException e = Assert.Throws<IOException>(() => FolderLock.Acquire(_folder.Path));
            Assert.Contains($"process {Environment.ProcessId} on ", e.Message, StringComparison.Ordinal);
            Assert.StartsWith(_folder.Path, e.Message, StringComparison.Ordinal);
        }

        FolderLock.Acquire(_folder.Path).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_program_left_is_no_obstacle_and_goes()
    {
        File.WriteAllText(_folder.File(".unet.lock"), "process 1 on another since then");
        File.WriteAllText(_folder.File(".unet.holder"), "process 1 on another since then");
        File.WriteAllText(_folder.File("mask.png.0123456789abcdef.part"), "half");
        File.WriteAllText(_folder.File("novel.part"), "of the user");
        File.WriteAllText(_folder.File("novel.one.part"), "of the user");

        FolderLock.Acquire(_folder.Path).Dispose();

        Assert.Equal(
            ["novel.one.part", "novel.part"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_planted_link_is_refused()
    {
        string target = _folder.File("target");
        File.WriteAllText(target, "of another user");
        Directory.CreateDirectory(_folder.File("out"));
        File.CreateSymbolicLink(_folder.File("out/.unet.lock"), target);

        Assert.Throws<IOException>(() => FolderLock.Acquire(_folder.File("out")));
        Assert.Equal("of another user", File.ReadAllText(target));
    }

    public void Dispose() => _folder.Dispose();
}
