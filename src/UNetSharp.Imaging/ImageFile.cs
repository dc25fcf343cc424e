using System.Runtime.InteropServices;
using UNetSharp.Data;
using static UNetSharp.Imaging.VipsImage;

namespace UNetSharp.Imaging;

/// <summary>
/// Image files in and out: PNG, JPEG, TIFF, WebP, BMP and GIF are read, PNG is written. Grey and colour, 8 and 16 bit and
/// floating point; palettes, CMYK and other colour spaces become RGB, transparency is dropped, EXIF rotation applied. Of
/// a file with several pages the first is read.
/// </summary>
public static class ImageFile
{
    /// <summary>Samples beyond which a file is refused before it is decoded: 4 GiB as float32.</summary>
    private const long MostSamples = 1L << 30;

    // VipsInterpretation: grey of 8 and 16 bit, RGB of 8 and 16 bit.
    private const int Grey = 1;
    private const int Grey16 = 26;
    private const int Rgb = 22;
    private const int Rgb16 = 25;
    private const int Multiband = 0;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file is missing, damaged, too large or of an unknown kind.</exception>
    public static Picture Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                throw new DataException($"{path}: there is no such file.");
            }

            using VipsImage file = Open(path);
            if ((long)file.Width * file.Height * file.Bands > MostSamples)
            {
                throw new DataException($"{path}: {file.Width}x{file.Height} pixels of {file.Bands} channels are more than "
                    + $"the {MostSamples} samples that are read at once. Cut the image into parts.");
            }

            using VipsImage upright = file.Then("autorot");
            using VipsImage plain = InGreyOrRgb(upright);
            using VipsImage opaque = plain.Then("extract_band", ("band", "0"), ("n", plain.Bands >= 3 ? "3" : "1"));
            return Decode(opaque);
        }
        catch (VipsException e)
        {
            throw new DataException($"{path}: is no image, or damaged: {e.Message}.", e);
        }
    }

    /// <summary>Writes an 8-bit grey PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteGrey(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        using VipsImage image = FromMemory(pixels, width, height, bands: 1, SampleFormat.Byte);
        Write(path, image, "b-w");
    }

    /// <summary>Writes a 16-bit grey PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteGrey16(string path, ReadOnlySpan<ushort> pixels, int width, int height)
    {
        using VipsImage image = FromMemory(pixels, width, height, bands: 1, SampleFormat.UShort);
        Write(path, image, "grey16");
    }

    /// <summary>Writes an 8-bit RGB PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteColor(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        using VipsImage image = FromMemory(pixels, width, height, bands: 3, SampleFormat.Byte);
        Write(path, image, "srgb");
    }

    private static VipsImage Open(string path)
    {
        VipsLibrary.EnsureStarted();
        string? loader = IsBitmap(path)
            ? "magickload"
            : Marshal.PtrToStringUTF8(VipsLibrary.vips_foreign_find_load(path));
        if (loader is null || (loader.Contains("Magick", StringComparison.Ordinal) && !IsBitmap(path)))
        {
            VipsLibrary.TakeError();
            throw new DataException($"{path}: is no image of a known kind (PNG, JPEG, TIFF, WebP, BMP, GIF), or damaged.");
        }

        return Make(loader, ("filename", path), ("fail_on", "truncated"));
    }

    private static bool IsBitmap(string path)
    {
        Span<byte> start = stackalloc byte[2];
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == 2 && start.SequenceEqual("BM"u8);
    }

    private static VipsImage InGreyOrRgb(VipsImage image) => image.Interpretation switch
    {
        Grey or Grey16 or Rgb or Rgb16 or Multiband => image.Then("copy"),
        _ when image.Format == SampleFormat.Float => image.Then("copy"),
        _ when image.Format == SampleFormat.UShort => image.Then("colourspace", ("space", "rgb16")),
        _ => image.Then("colourspace", ("space", "srgb")),
    };

    private static Picture Decode(VipsImage image)
    {
        (int width, int height, int bands) = (image.Width, image.Height, image.Bands);
        switch (image.Format)
        {
            case SampleFormat.Byte:
                return new Picture(width, height, bands, 255, Array.ConvertAll(image.Pixels<byte>(), v => (float)v));
            case SampleFormat.UShort:
                return new Picture(width, height, bands, 65535, Array.ConvertAll(image.Pixels<ushort>(), v => (float)v));
            default:
                using (VipsImage cast = image.Then("cast", ("format", "float")))
                {
                    return new Picture(width, height, bands, 1, cast.Pixels<float>());
                }
        }
    }

    private static void Write(string path, VipsImage image, string interpretation)
    {
        string unfinished = path + ".part";
        try
        {
            using VipsImage marked = image.Then("copy", ("interpretation", interpretation));
            marked.Save("pngsave", ("filename", unfinished));
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is VipsException or IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
            throw new DataException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
