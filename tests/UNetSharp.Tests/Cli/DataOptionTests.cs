using NetVips;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Cli;

/// <summary>Data sets of any layout, of many channels, turned, or too large, as the command line takes them.</summary>
[Trait("Cost", "high")]
public sealed class DataOptionTests : IDisposable
{
    private const int Side = 32;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_layout_is_written_as_plain_pairs_that_hold_the_same()
    {
        Write("images/a.png", Disc(0));
        Write("images/b.png", Disc(3));
        File.WriteAllText(_folder.File("labels/a.txt"), "0 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n");
        File.WriteAllText(_folder.File("labels/b.txt"), "1 0.25 0.25 0.75 0.25 0.75 0.75 0.25 0.75\n");
        File.WriteAllText(_folder.File("data.yaml"), "names: [cell, rim]\n");

        (int code, string output, string errors) = UnetProgram.Run(
            "data", _folder.Path, "--convert", _folder.File("plain"));

        Assert.True(code == 0, errors + output);
        DataReport before = Inspect(_folder.Path);
        DataReport after = Inspect(_folder.File("plain"));
        Assert.Empty(after.Errors);
        Assert.Equal(["background", "cell", "rim"], after.Classes!.Names);
        Assert.Equal(
            before.Folder.Pairs.Select(pair => before.Classes!.Read("", ReadMask(pair))),
            after.Folder.Pairs.Select(pair => after.Classes!.Read("", ReadMask(pair))));
        Assert.Equal(
            before.Folder.Pairs.Select(pair => pair.ReadImage(ImageFile.Read).Samples),
            after.Folder.Pairs.Select(pair => pair.ReadImage(ImageFile.Read).Samples));
    }

    [Fact]
    public void Folders_of_images_and_masks_are_named_apart_and_a_value_is_left_out()
    {
        byte[] mask = Disc(0, 1);
        mask[0] = 7;
        Write("slices/a.png", Disc(0));
        Write("drawn/a.png", mask);

        (int code, string output, string errors) = UnetProgram.Run(
            "data", "--images", _folder.File("slices"), "--masks", _folder.File("drawn"), "--ignore", "7");

        Assert.True(code == 0, errors + output);
        Assert.Contains("pairs          1 (", output, StringComparison.Ordinal);
        Assert.Equal(2, UnetProgram.Run("data", "--images", _folder.File("slices")).Code);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Networks_of_other_than_one_or_three_channels_train_evaluate_and_predict(int channels)
    {
        for (int i = 0; i < 4; i++)
        {
            WriteBands($"images/{i}.tif", channels, Disc(i));
            Write($"masks/{i}.png", Disc(i));
        }

        string run = _folder.File("run");
        (int code, string output, string errors) = UnetProgram.Run(
            "train", "--data", _folder.Path, "--channels", $"{channels}", "--base", "4", "--epochs", "2", "--out", run);
        Assert.True(code == 0, errors);
        Assert.Contains($"{channels} channels", output, StringComparison.Ordinal);
        Assert.Equal(0, UnetProgram.Run("evaluate", "--weights", run, "--data", _folder.Path).Code);
        (code, _, errors) = UnetProgram.Run(
            "predict", "--weights", run, "--input", _folder.File("images"), "--out", _folder.File("out"), "--overlay",
            "--contours");
        Assert.True(code == 0, errors);
        Assert.Equal(12, Directory.GetFiles(_folder.File("out"), "*.png").Length);
        Write("grey.png", Disc(0));
        UnetProgram.AssertRefused(
            1, $"has not the {channels} channels",
            ["explain", "--weights", run, "--input", _folder.File("grey.png"), "--out", _folder.File("e.png")]);
    }

    [Theory]
    [InlineData(Side, 24)]
    [InlineData(Side, Side)]
    public void Masks_drawn_on_the_stored_pixels_of_turned_photographs_are_turned_too(int width, int height)
    {
        for (int i = 0; i < 4; i++)
        {
            byte[] stored = Disc(3 * i, 200, width, height);
            WriteTurned($"images/{i}.jpg", stored, width, height);
            ImageFile.WriteGrey(_folder.File($"masks/{i}.png"), Disc(3 * i, 255, width, height), width, height);
        }

        DataReport report = Inspect(_folder.Path);

        Assert.Empty(report.Errors);
        Assert.Contains(report.Notes, note => note.Contains("drawn on the stored pixels", StringComparison.Ordinal));
        foreach (ImagePair pair in report.PairInfos.Select(info => info.Pair))
        {
            Picture image = pair.ReadImage(ImageFile.Read);
            Picture mask = pair.ReadMask(ImageFile.Read, image);
            Assert.Equal((height, width), (mask.Width, mask.Height));
            Assert.All(
                Enumerable.Range(0, mask.Samples.Length),
                i => Assert.True(mask.Samples[i] > 0 == image.Samples[i] > 100 || IsEdge(image.Samples[i])));
        }

        static bool IsEdge(float value) => value is > 15 and < 185;
    }

    [Fact]
    public void Pictures_beyond_the_limit_of_memory_are_refused_by_their_header()
    {
        Write("images/a.png", Disc(0));
        Write("masks/a.png", Disc(0));

        UnetProgram.AssertRefused(
            2, "--memory 1XB: give an amount of memory", ["data", _folder.Path, "--memory", "1XB"]);
        (int code, string output, string errors) = UnetProgram.Run("data", _folder.Path, "--memory", "1KB");
        Assert.Equal(1, code);
        Assert.Contains("a.png: 32x32 pixels take about 0 MB", output + errors, StringComparison.Ordinal);
    }

    private static byte[] Disc(int shift, byte value = 255, int width = Side, int height = Side) =>
    [
        .. Enumerable.Range(0, width * height).Select(i =>
            Math.Pow((i % width) - 9 - shift, 2) + Math.Pow((i / width) - 8, 2) < 36 ? value : (byte)0),
    ];

    private static DataReport Inspect(string folder) => DataReport.Create(
        DataFolder.Find(folder, ImageFile.CountPages), ImageFile.Read, new MaskSettings(), threads: 1);

    private static Picture ReadMask(ImagePair pair) => pair.ReadMask(ImageFile.Read, pair.ReadImage(ImageFile.Read));

    private void Write(string name, byte[] pixels) => ImageFile.WriteGrey(_folder.File(name), pixels, Side, Side);

    private void WriteBands(string name, int channels, byte[] last)
    {
        byte[] pixels =
        [
            .. Enumerable.Range(0, last.Length * channels).Select(i =>
                i % channels == channels - 1 ? last[i / channels] : (byte)(i * 7 % 90)),
        ];
        using Image image = Image.NewFromMemoryCopy(pixels, Side, Side, channels, Enums.BandFormat.Uchar);
        using Image many = image.Copy(interpretation: Enums.Interpretation.Multiband);
        many.Tiffsave(_folder.File(name));
    }

    /// <summary>A photograph of a camera that was turned: shown rotated by 90 degrees.</summary>
    private void WriteTurned(string name, byte[] pixels, int width, int height)
    {
        using Image image = Image.NewFromMemoryCopy(pixels, width, height, 1, Enums.BandFormat.Uchar);
        using Image turned = image.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", 6));
        turned.Jpegsave(_folder.File(name), q: 95);
    }
}
