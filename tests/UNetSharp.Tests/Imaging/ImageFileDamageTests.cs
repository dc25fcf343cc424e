using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

/// <summary>Files that cannot be used: always one line that names the file, never a crash or half a picture.</summary>
public class ImageFileDamageTests
{
    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".tif")]
    [InlineData(".webp")]
    [InlineData(".avif")]
    [InlineData(".bmp")]
    public void Truncated_files_are_refused_wherever_they_end(string extension)
    {
        byte[] whole = File.ReadAllBytes(Noise(extension));
        foreach (double share in new[] { 0.9, 0.5, 0.1, 0 })
        {
            AssertRefused("cut" + extension, whole.AsSpan(0, (int)(whole.Length * share)));
        }
    }

    [Fact]
    public void A_png_with_a_wrong_byte_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(Noise(".png"));
        bytes[bytes.Length / 2] ^= 0x55;

        AssertRefused("damaged.png", bytes);
    }

    [Fact]
    public void Text_is_refused() => AssertRefused("text.png", "This is not an image.\n"u8);

    [Fact]
    public void Vector_graphics_are_refused() =>
        AssertRefused("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"u8);

    [Fact]
    public void Heic_is_refused_by_its_name_with_what_is_read()
    {
        byte[] start = [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8];

        DataException problem = Assert.Throws<DataException>(() => ImageFile.Decode(start, "photo"));

        Assert.Equal(
            "photo: is a HEIC image, which is not read. Save it as one of PNG, JPEG, TIFF, GIF, BMP, WebP, AVIF.",
            problem.Message);
    }

    [Fact]
    public void What_went_wrong_with_one_file_is_not_said_of_the_next()
    {
        Assert.Throws<DataException>(
            () => ImageFile.Decode(File.ReadAllBytes(Noise(".jpg")).AsMemory(0, 400), "first"));

        DataException problem = Assert.Throws<DataException>(
            () => ImageFile.Decode(File.ReadAllBytes(Noise(".webp")).AsMemory(0, 400), "second"));

        Assert.Equal("second: is no image, or damaged: webp: unable to parse image.", problem.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        DataException problem = Assert.Throws<DataException>(() => ImageFile.Read("nowhere/missing.png"));

        Assert.Contains("nowhere/missing.png", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_image()
    {
        using TemporaryFolder folder = new();

        Assert.Throws<DataException>(() => ImageFile.Read(folder.Path));
    }

    [Fact]
    public void A_header_that_promises_too_many_pixels_is_refused_before_decoding()
    {
        DataException problem = Assert.Throws<DataException>(() => ImageFile.Read(Fixtures.GetPath("bomb.png")));

        Assert.Contains("bomb.png", problem.Message, StringComparison.Ordinal);
        Assert.Contains("50000x50000", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_unknown_brightness_are_refused()
    {
        DataException problem = Assert.Throws<DataException>(() => ImageFile.Read(Fixtures.GetPath("int32.tif")));

        Assert.Contains("8 or 16 bit", problem.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string name, ReadOnlySpan<byte> bytes)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name);
        File.WriteAllBytes(path, bytes);

        DataException problem = Assert.Throws<DataException>(() => ImageFile.Read(path));
        Assert.Contains(path, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    /// <summary>A file large enough that every part of it matters.</summary>
    private static string Noise(string extension) => Fixtures.GetPath("noise" + extension);
}
