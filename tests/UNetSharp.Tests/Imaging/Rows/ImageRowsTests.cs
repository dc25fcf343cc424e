using NetVips;
using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;

namespace UNetSharp.Tests.Imaging.Rows;

public sealed class ImageRowsTests
{
    [Theory]
    [InlineData("grey8.png")]
    [InlineData("grey8.tif")]
    [InlineData("pages.tif")]
    [InlineData("transparent-grey.png")]
    [InlineData("transparent.png")]
    [InlineData("colour8.png")]
    [InlineData("colour8.tif")]
    [InlineData("colour24.bmp")]
    [InlineData("colour.webp")]
    [InlineData("colour.avif")]
    [InlineData("grey16.png")]
    [InlineData("grey16.tif")]
    [InlineData("float.tif")]
    [InlineData("onebit.png")]
    [InlineData("palette.gif")]
    [InlineData("palette.png")]
    [InlineData("flat.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("rotated.jpg")]
    [InlineData("noise.png")]
    [InlineData("noise.jpg")]
    [InlineData("noise.tif")]
    public void Rows_hold_what_the_whole_picture_holds(string name)
    {
        Picture picture = ImageFile.Read(Fixtures.GetPath(name));

        using RowSource rows = ImageRows.Open(Fixtures.GetPath(name));

        Assert.Equal(
            (picture.Height, picture.Width, picture.Channels, picture.FullScale),
            (rows.Size.Height, rows.Size.Width, rows.Channels, rows.FullScale));
        Assert.Equal(picture.Samples, rows.ReadAll());
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".tif")]
    [InlineData(".jpg")]
    public void A_picture_of_many_strips_comes_whole(string extension)
    {
        // 2000 x 1500 pixels are strips of 32 rows.
        using TemporaryFolder folder = new();
        string path = folder.File("large" + extension);
        byte[] pixels = [.. Enumerable.Range(0, 2000 * 1500).Select(i => (byte)((i / 2000) + (i % 2000 / 7)))];
        if (extension == ".jpg")
        {
            using Image image = Vips.FromPixels<byte>(pixels, 2000, 1500, bands: 1, Enums.Interpretation.Bw);
            image.Jpegsave(path);
        }
        else
        {
            using RowFile file = RowFile.Create(path, new PictureSize(1500, 2000), RowFormat.Grey);
            for (int row = 0; row < 1500; row++)
            {
                file.Write(pixels.AsSpan(row * 2000, 2000));
            }

            file.Finish();
        }

        using RowSource rows = ImageRows.Open(path);

        float[] samples = rows.ReadAll();
        Assert.Equal(ImageFile.Read(path).Samples, samples);
        if (extension != ".jpg")
        {
            Assert.Equal(pixels.Select(value => (float)value), samples);
        }
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".tif")]
    [InlineData(".webp")]
    [InlineData(".avif")]
    public void Truncated_files_are_one_line_that_names_them(string extension)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("cut" + extension);
        byte[] whole = File.ReadAllBytes(Fixtures.GetPath("noise" + extension));
        foreach (double share in new[] { 0.9, 0.5, 0 })
        {
            File.WriteAllBytes(path, whole[..(int)(whole.Length * share)]);
            DataException problem = Assert.Throws<DataException>(() =>
            {
                using RowSource rows = ImageRows.Open(path);
                rows.ReadAll();
            });
            Assert.Contains(path, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Message);
        }
    }

    [Fact]
    public void Progressive_files_that_are_too_large_to_be_decoded_whole_are_refused_by_their_header()
    {
        // 50000 x 50000 pixels, made interlaced.
        using TemporaryFolder folder = new();
        string path = folder.File("interlaced.png");
        byte[] bytes = File.ReadAllBytes(Fixtures.GetPath("bomb.png"));
        const int InterlaceAt = 28;
        bytes[InterlaceAt] = 1;
        uint sum = ~Crc32.Continue(uint.MaxValue, bytes.AsSpan(12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), sum);
        File.WriteAllBytes(path, bytes);

        DataException problem = Assert.Throws<DataException>(() => ImageRows.Open(path));

        Assert.Contains("not interlaced", problem.Message, StringComparison.Ordinal);
    }
}
