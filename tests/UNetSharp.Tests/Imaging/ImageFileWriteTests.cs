using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public class ImageFileWriteTests
{
    [Fact]
    public void Grey_png_holds_what_was_written()
    {
        byte[] pixels = [0, 1, 127, 128, 254, 255];

        Picture picture = WriteAndRead(path => ImageFile.WriteGrey(path, pixels, width: 3, height: 2));

        Assert.Equal((3, 2, 1, 255f), (picture.Width, picture.Height, picture.Channels, picture.FullScale));
        Assert.Equal([0, 1, 127, 128, 254, 255], picture.Samples);
    }

    [Fact]
    public void Sixteen_bit_png_holds_what_was_written()
    {
        ushort[] pixels = [0, 1, 255, 256, 65534, 65535];

        Picture picture = WriteAndRead(path => ImageFile.WriteGrey16(path, pixels, width: 3, height: 2));

        Assert.Equal((3, 2, 1, 65535f), (picture.Width, picture.Height, picture.Channels, picture.FullScale));
        Assert.Equal([0, 1, 255, 256, 65534, 65535], picture.Samples);
    }

    [Fact]
    public void Colour_png_holds_what_was_written()
    {
        byte[] pixels = [255, 0, 1, 2, 3, 4];

        Picture picture = WriteAndRead(path => ImageFile.WriteColor(path, pixels, width: 2, height: 1));

        Assert.Equal((2, 1, 3), (picture.Width, picture.Height, picture.Channels));
        Assert.Equal([255, 0, 1, 2, 3, 4], picture.Samples);
    }

    [Fact]
    public void A_written_file_replaces_an_older_one_and_leaves_nothing_beside_it()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("mask.png");
        File.WriteAllText(path, "older");

        ImageFile.WriteGrey(path, [7], width: 1, height: 1);

        Assert.Equal([7f], ImageFile.Read(path).Samples);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_one_line_that_names_the_file()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "missing", "mask.png");

        AssertCannotWrite(path);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_target_that_is_a_folder_leaves_no_half_file()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "mask.png");
        Directory.CreateDirectory(path);

        AssertCannotWrite(path);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_planted_link_is_not_written_through()
    {
        using TemporaryFolder folder = new();
        string target = folder.File("target.txt");
        File.WriteAllText(target, "of another user");
        File.CreateSymbolicLink(folder.File("mask.png.part"), target);
        File.CreateSymbolicLink(folder.File("mask.png"), target);

        ImageFile.WriteGrey(folder.File("mask.png"), [0, 1, 2, 3], width: 2, height: 2);

        Assert.Equal("of another user", File.ReadAllText(target));
        Assert.Null(new FileInfo(folder.File("mask.png")).LinkTarget);
    }

    private static void AssertCannotWrite(string path)
    {
        DataException problem = Assert.Throws<DataException>(
            () => ImageFile.WriteGrey(path, new byte[4], width: 2, height: 2));
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    private static Picture WriteAndRead(Action<string> write)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("picture.png");
        write(path);
        return ImageFile.Read(path);
    }
}
