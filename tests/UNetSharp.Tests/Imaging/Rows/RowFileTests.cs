using System.IO.Compression;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Tests.Imaging.Rows;

/// <summary>What is written row by row, read by libvips.</summary>
public sealed class RowFileTests
{
    private static readonly (byte R, byte G, byte B)[] Palette = [(0, 0, 0), (255, 128, 1), (2, 3, 4)];

    [Theory]
    [InlineData(".png")]
    [InlineData(".tif")]
    public void Pixels_of_every_format_come_back(string extension)
    {
        AssertSamples(extension, RowFormat.Grey, [0, 1, 127, 128, 254, 255], [0, 1, 127, 128, 254, 255]);
        AssertSamples(
            extension,
            RowFormat.Grey16,
            [0, 0, 0, 1, 1, 0, 128, 0, 255, 254, 255, 255],
            [0, 1, 256, 32768, 65534, 65535]);
        float[] colors = [.. Enumerable.Range(0, 18).Select(i => (float)(i * 13))];
        AssertSamples(extension, RowFormat.Color, [.. colors.Select(value => (byte)value)], colors);
        AssertSamples(
            extension,
            new RowFormat(1, 8, Palette),
            [0, 1, 2, 2, 1, 0],
            [0, 0, 0, 255, 128, 1, 2, 3, 4, 2, 3, 4, 255, 128, 1, 0, 0, 0]);
    }

    [Fact]
    public void Pixels_of_a_png_with_a_palette_are_indices()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder.File("mask.png"), new RowFormat(1, 8, Palette), [0, 1, 2, 2, 1, 0]);
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf("IDAT"u8);
        using ZLibStream data = new(new MemoryStream(bytes[(at + 4)..]), CompressionMode.Decompress);
        byte[] rows = new byte[8];

        data.ReadExactly(rows);

        Assert.Equal(3, bytes[25]); // the header's colour type: indices
        Assert.Equal([2, 0, 1, 2, 2, 2, 0, 254], rows); // filter Up: the second row less the first
    }

    [Fact]
    public void A_tiff_that_may_pass_4_gb_has_numbers_of_64_bit()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("big.tif");
        using (TiffRowFile file = new(path, new PictureSize(300, 3000), RowFormat.Grey, maxClassicBytes: 1000))
        {
            for (int row = 0; row < 300; row++)
            {
                file.Write([.. Enumerable.Repeat((byte)row, 3000)]);
            }

            file.Finish();
        }

        Assert.Equal(43, File.ReadAllBytes(path)[3]);
        Assert.Equal(Enumerable.Range(0, 900_000).Select(i => (float)(byte)(i / 3000)), ImageFile.Read(path).Samples);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".tif")]
    public void A_file_that_is_not_finished_is_not_there(string extension)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("mask" + extension);
        File.WriteAllText(path, "older");
        using (RowFile file = RowFile.Create(path, new PictureSize(2, 3), RowFormat.Grey))
        {
            file.Write([1, 2, 3]);
            Assert.Throws<InvalidOperationException>(file.Finish);
        }

        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.Equal("older", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_folder_is_one_line_that_names_the_file()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "missing", "mask.png");

        DataException problem =
            Assert.Throws<DataException>(() => RowFile.Create(path, new PictureSize(1, 1), RowFormat.Grey));

        Assert.StartsWith($"{path}: cannot be written", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlays_are_drawn_by_rows_as_they_are_at_once()
    {
        Random random = new(3);
        Picture picture = new(9, 7, 3, 255, [.. Enumerable.Range(0, 189).Select(_ => (float)random.Next(80))]);
        byte[] classes = [.. Enumerable.Range(0, 63).Select(_ => (byte)random.Next(3))];
        List<byte> drawn = [];
        byte[] row = new byte[27];

        using var overlay = OverlayRows.Create(() => new UNetSharp.Data.Rows.PictureRows(picture));
        for (int y = 0; y < 7; y++)
        {
            if (overlay.Add(classes.AsSpan(9 * y, 9), row))
            {
                drawn.AddRange(row);
            }
        }

        overlay.DrawLast(row);
        drawn.AddRange(row);

        Assert.Equal(Overlay.Draw(picture, classes), drawn);
    }

    [Fact]
    public void Classes_have_the_colours_of_the_masks_or_else_those_of_the_overlay()
    {
        Dictionary<int, int> colored =
            new() { [0] = 0, [MaskValues.EncodeColor(255, 0, 7)] = 1, [200] = 2, [255] = 255 };
        Dictionary<int, int> plain = new() { [0] = 0, [1] = 1, [2] = 2 };

        Assert.Equal(
            [(0, 0, 0), (255, 0, 7), (200, 200, 200)], ClassColors.FromMaskClasses(new MaskClasses(3, colored)));
        Assert.Equal(
            [(0, 0, 0), Overlay.GetColor(1), Overlay.GetColor(2)], ClassColors.FromMaskClasses(
                new MaskClasses(3, plain)));
    }

    /// <summary>Writes 3 x 2 pixels and reads them.</summary>
    private static void AssertSamples(string extension, RowFormat format, byte[] bytes, float[] expected)
    {
        using TemporaryFolder folder = new();

        Picture picture = ImageFile.Read(Write(folder.File("picture" + extension), format, bytes));

        Assert.Equal((3, 2), (picture.Width, picture.Height));
        Assert.Equal(expected, picture.Samples);
    }

    private static string Write(string path, RowFormat format, byte[] bytes)
    {
        using RowFile file = RowFile.Create(path, new PictureSize(2, 3), format);
        file.Write(bytes.AsSpan(0, bytes.Length / 2));
        file.Write(bytes.AsSpan(bytes.Length / 2));
        file.Finish();
        return path;
    }
}
