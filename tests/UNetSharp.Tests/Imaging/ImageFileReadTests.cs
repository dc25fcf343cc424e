using NetVips;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

/// <summary>Files of 4 x 3 pixels: grey is 20 · row + 10 · column, colour (60 · column, 80 · row, 200).</summary>
public class ImageFileReadTests
{
    private static readonly float[] Grey = [0, 10, 20, 30, 20, 30, 40, 50, 40, 50, 60, 70];
    private static readonly float[] Checks = [0, 255, 0, 255, 255, 0, 255, 0, 0, 255, 0, 255];

    private static readonly float[] Colour =
        [.. Enumerable.Range(0, 12).SelectMany(i => new float[] { 60 * (i % 4), 80 * (i / 4), 200 })];

    [Theory]
    [InlineData("grey8.png")]
    [InlineData("grey8.tif")]
    [InlineData("pages.tif")] // the first of two pages
    [InlineData("transparent-grey.png")]
    public void Grey_files_have_one_channel(string name) => AssertPicture(name, 1, 255, Grey);

    [Fact]
    public void Any_page_of_a_tiff_file_is_read_by_its_number()
    {
        string path = Fixtures.GetPath("pages.tif");

        Assert.Equal(2, ImageFile.CountPages(path));
        Assert.Equal(Grey, ImageFile.Read(path, page: 0).Samples);
        Assert.Equal(Checks, ImageFile.Read(path, page: 1).Samples);
        string message = Assert.Throws<DataException>(() => ImageFile.Read(path, page: 2)).Message;
        Assert.Contains("pages.tif", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grey8.tif")]
    [InlineData("grey8.png")]
    [InlineData("palette.gif")]
    public void Other_files_have_one_page(string name) => Assert.Equal(1, ImageFile.CountPages(Fixtures.GetPath(name)));

    [Fact]
    public void Files_without_pages_have_no_second_one()
    {
        string message =
            Assert.Throws<DataException>(() => ImageFile.Read(Fixtures.GetPath("grey8.png"), page: 1)).Message;

        Assert.Contains("only TIFF", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour8.png")]
    [InlineData("colour8.tif")]
    [InlineData("colour24.bmp")]
    [InlineData("colour32.bmp")]
    [InlineData("colour.webp")]
    [InlineData("colour.avif")]
    [InlineData("transparent.png")]
    public void Colour_files_have_three_channels_and_lose_transparency(string name) =>
        AssertPicture(name, 3, 255, Colour);

    [Theory]
    [InlineData("grey16.png")]
    [InlineData("grey16.tif")]
    public void Sixteen_bit_samples_keep_their_values(string name) =>
        AssertPicture(name, 1, 65535, [.. Grey.Select(value => value * 1000 % 65536)]);

    [Fact]
    public void Floating_point_samples_keep_their_values() =>
        AssertPicture("float.tif", 1, 1, [.. Grey.Select(value => value / 100)]);

    [Fact]
    public void Tiles_and_floating_point_of_a_tiff_file_are_read_as_they_were_written()
    {
        using TemporaryFolder folder = new();
        ushort[] shorts = [.. Enumerable.Range(0, 100 * 70).Select(i => (ushort)(i * 37))];
        using Image grey = Vips.FromPixels<ushort>(shorts, 100, 70, bands: 1, Enums.Interpretation.Grey16);
        grey.Tiffsave(folder.File("tiles.tif"), tile: true, tileWidth: 32, tileHeight: 32);
        using Image cast = grey.Cast(Enums.BandFormat.Float);
        cast.Tiffsave(folder.File("float.tif"), tile: true, compression: Enums.ForeignTiffCompression.Deflate);

        Picture tiles = ImageFile.Read(folder.File("tiles.tif"));
        Picture floats = ImageFile.Read(folder.File("float.tif"));

        Assert.Equal((65535f, 1f), (tiles.FullScale, floats.FullScale));
        Assert.Equal(shorts.Select(value => (float)value), tiles.Samples);
        Assert.Equal(tiles.Samples, floats.Samples);
    }

    [Theory]
    [InlineData("onebit.png")]
    [InlineData("onebit.tif")]
    public void One_bit_is_0_and_255(string name) => AssertPicture(name, 1, 255, Checks);

    [Fact]
    public void Grey_bitmaps_are_read()
    {
        AssertSamples("grey8.bmp", Grey);
        AssertSamples("onebit.bmp", Checks);
    }

    [Theory]
    [InlineData("palette.png")]
    [InlineData("palette.gif")]
    public void Palettes_become_colours(string name)
    {
        float[] row = [0, 0, 0, 255, 0, 0, 0, 128, 255, 0, 0, 0];
        AssertPicture(name, 3, 255, [.. row, .. row, .. row]);
    }

    [Theory]
    [InlineData("flat.jpg", 2)]
    [InlineData("cmyk.jpg", 60)] // ink has its own red; without conversion it would be another colour altogether
    public void Jpeg_files_are_colour_also_when_saved_as_ink(string name, float tolerance)
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath(name));

        Assert.Equal((24, 16, 3), (picture.Width, picture.Height, picture.Channels));
        Assert.Equal(200, picture.Samples[0], tolerance);
        Assert.Equal(60, picture.Samples[1], tolerance);
        Assert.Equal(20, picture.Samples[2], tolerance);
    }

    [Fact]
    public void Inks_become_colours_by_the_profile_that_goes_by_cielab()
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath("cmyk.jpg"));

        Assert.Equal([195, 83, 56], picture.Samples[..3]);
    }

    [Fact]
    public void Pictures_of_a_turned_camera_are_turned_back()
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath("rotated.jpg"));

        Assert.Equal((16, 24), (picture.Width, picture.Height));
        Assert.InRange(picture.Samples[0], 230, 250); // left half was bright: turned clockwise, it is the top
        Assert.InRange(picture.Samples[^1], 0, 10);
    }

    [Theory]
    [InlineData("picture [1].png")]
    [InlineData("picture[page=1].png")]
    [InlineData("Überzug 漢字.png")]
    public void Names_with_brackets_and_other_letters_are_read(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name);
        File.Copy(Fixtures.GetPath("grey8.png"), path);

        Assert.Equal(Grey, ImageFile.Read(path).Samples);
    }

    [Fact]
    public void A_file_is_known_by_its_content_not_its_extension()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("really-a-png.jpg");
        File.Copy(Fixtures.GetPath("grey8.png"), path);

        Assert.Equal(Grey, ImageFile.Read(path).Samples);
    }

    [Theory]
    [InlineData("colour8.png")]
    [InlineData("rotated.jpg")]
    [InlineData("grey16.tif")]
    [InlineData("colour.webp")]
    [InlineData("colour.avif")]
    [InlineData("palette.gif")]
    [InlineData("colour24.bmp")]
    public void Bytes_in_memory_are_read_like_files(string name)
    {
        Picture file = ImageFile.Read(Fixtures.GetPath(name));

        Picture memory = ImageFile.Decode(File.ReadAllBytes(Fixtures.GetPath(name)), "upload");

        Assert.Equal(
            (file.Width, file.Height, file.Channels, file.FullScale),
            (memory.Width, memory.Height, memory.Channels, memory.FullScale));
        Assert.Equal(file.Samples, memory.Samples);
    }

    [Theory]
    [InlineData("colour8.png")]
    [InlineData("colour24.bmp")]
    public void Bytes_of_too_many_samples_are_refused_by_the_limit_that_is_given(string name)
    {
        byte[] bytes = File.ReadAllBytes(Fixtures.GetPath(name));

        Assert.Equal(12, ImageFile.Decode(bytes, "upload", maxSamples: 36).Samples.Length / 3);
        DataException e = Assert.Throws<DataException>(() => ImageFile.Decode(bytes, "upload", maxSamples: 35));
        Assert.StartsWith(
            "upload: 4x3 pixels of 3 channels are more than the 35 samples", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_read_at_once()
    {
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            AssertSamples(i % 2 == 0 ? "grey8.png" : "grey8.tif", Grey);
        });
    }

    private static void AssertPicture(string name, int channels, float fullScale, float[] samples)
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath(name));

        Assert.Equal((4, 3, channels, fullScale), (picture.Width, picture.Height, picture.Channels, picture.FullScale));
        Assert.Equal(samples, picture.Samples);
    }

    /// <summary>The samples of a grey picture, whether it came with one channel or with three equal ones.</summary>
    private static void AssertSamples(string name, float[] grey)
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath(name));

        Assert.Equal([.. grey.SelectMany(value => Enumerable.Repeat(value, picture.Channels))], picture.Samples);
    }
}
