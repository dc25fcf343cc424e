using UNetSharp.Data;
using static UNetSharp.Imaging.VipsImage;

namespace UNetSharp.Imaging;

/// <summary>
/// Image files in and out: PNG, JPEG, TIFF, WebP, BMP and GIF are read, PNG is written. Grey and colour, 8 and 16 bit
/// and floating point; palettes, CMYK and other colour spaces become RGB, transparency is dropped, EXIF rotation
/// applied. Of a TIFF file with several pages any can be read, of other files the first.
/// </summary>
public static class ImageFile
{
    internal const string TiffLoader = "tiffload";

    /// <summary>Samples beyond which a file is refused before it is decoded: 4 GiB as float32.</summary>
    private const long MostSamples = 1L << 30;

    /// <summary>Red, green, blue and transparency.</summary>
    private const int MostBands = 4;

    // VipsInterpretation: grey of 8 and 16 bit, RGB of 8 and 16 bit.
    private const int Grey = 1;
    private const int Grey16 = 26;
    private const int Rgb = 22;
    private const int Rgb16 = 25;
    private const int Multiband = 0;

    /// <summary>The first bytes of a file of each kind, and libvips's name of its loader.</summary>
    private static readonly (byte[] Mark, string Loader)[] Loaders =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "pngload"),
        ([0xFF, 0xD8], "jpegload"),
        ([(byte)'I', (byte)'I', 42, 0], TiffLoader),
        ([(byte)'M', (byte)'M', 0, 42], TiffLoader),
        ([(byte)'I', (byte)'I', 43, 0], TiffLoader), // BigTIFF
        ([(byte)'M', (byte)'M', 0, 43], TiffLoader),
        ([(byte)'R', (byte)'I', (byte)'F', (byte)'F'], "webpload"),
        ([(byte)'G', (byte)'I', (byte)'F', (byte)'8'], "gifload"),
        ([(byte)'B', (byte)'M'], "magickload"),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file, the first is 0; the others are not decoded.</param>
    /// <exception cref="DataException">The file is missing, damaged, too large or of an unknown kind.</exception>
    public static Picture Read(string path, int page = 0) => Guard(path, () =>
    {
        using VipsImage file = Open(path, page, out _);
        if ((long)file.Width * file.Height * file.Bands > MostSamples)
        {
            throw new DataException($"{path}: {file.Width}x{file.Height} pixels of {file.Bands} channels are more "
                + $"than the {MostSamples} samples that are read at once. Cut the image into parts.");
        }

        using VipsImage opaque = Plain(path, file);
        return Decode(path, opaque);
    });

    /// <summary>Pages of a TIFF file, by its header alone; 1 for other files.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public static int CountPages(string path) => Guard(path, () =>
    {
        using VipsImage file = Open(path, page: 0, out string loader);
        return loader == TiffLoader ? file.Pages : 1;
    });

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

    /// <summary>An 8-bit RGB PNG as bytes, for pages that hold their pictures.</summary>
    /// <param name="pixels">(height, width, 3).</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] PngOfColor(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using VipsImage image = FromMemory(pixels, width, height, bands: 3, SampleFormat.Byte);
        using VipsImage marked = image.Then("copy", ("interpretation", "srgb"));
        return marked.Bytes("pngsave_buffer");
    }

    /// <summary>Does something with a file; what goes wrong becomes one line that names it.</summary>
    internal static T Guard<T>(string path, Func<T> use)
    {
        try
        {
            return File.Exists(path) ? use() : throw new DataException($"{path}: there is no such file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
        catch (VipsException e)
        {
            throw new DataException($"{path}: is no image, or damaged: {e.Message}.", e);
        }
    }

    /// <summary>
    /// Opens a file with the one loader that its first bytes ask for. libvips knows many more formats, among them some
    /// whose readers are not hardened; these stay out.
    /// </summary>
    internal static VipsImage Open(string path, int page, out string loader, string access = "random")
    {
        loader = LoaderOf(path);
        (string, string)[] arguments = [("filename", path), ("fail_on", "truncated"), ("access", access)];
        return loader == TiffLoader ? Make(loader, [.. arguments, ("page", $"{page}")])
            : page == 0 ? Make(loader, arguments)
            : throw new DataException($"{path}: page {page} is asked for, but only TIFF files have pages here.");
    }

    private static string LoaderOf(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using (FileStream stream = File.OpenRead(path))
        {
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        foreach ((byte[] mark, string loader) in Loaders)
        {
            if (start.StartsWith(mark))
            {
                return loader;
            }
        }

        throw new DataException($"{path}: is no image of a known kind (PNG, JPEG, TIFF, WebP, BMP, GIF), or damaged.");
    }

    /// <summary>The image upright, in grey or red, green and blue, without transparency.</summary>
    internal static VipsImage Plain(string path, VipsImage file)
    {
        using VipsImage upright = file.Then("autorot");
        using VipsImage plain = InGreyOrRgb(upright);
        if (plain.Bands > MostBands)
        {
            throw new DataException($"{path}: has {plain.Bands} channels; images are grey or colour, with or "
                + "without transparency. Save the channels to be used as grey or RGB.");
        }

        return plain.Then("extract_band", ("band", "0"), ("n", plain.Bands >= 3 ? "3" : "1"));
    }

    private static VipsImage InGreyOrRgb(VipsImage image) => image.Interpretation switch
    {
        Grey or Grey16 or Rgb or Rgb16 or Multiband => image.Then("copy"),
        _ when image.Format == SampleFormat.Float => image.Then("copy"),
        _ when image.Format == SampleFormat.UShort => image.Then("colourspace", ("space", "rgb16")),
        _ => image.Then("colourspace", ("space", "srgb")),
    };

    private static Picture Decode(string path, VipsImage image)
    {
        (int width, int height, int bands) = (image.Width, image.Height, image.Bands);
        switch (image.Format)
        {
            case SampleFormat.Byte:
                return new Picture(width, height, bands, 255, Array.ConvertAll(image.Pixels<byte>(), v => (float)v));
            case SampleFormat.UShort:
                return new Picture(width, height, bands, 65535, Array.ConvertAll(image.Pixels<ushort>(), v => (float)v));
            case SampleFormat.Float or SampleFormat.Double:
                using (VipsImage cast = image.Then("cast", ("format", "float")))
                {
                    return new Picture(width, height, bands, 1, cast.Pixels<float>());
                }

            default:
                throw UnknownScale(path);
        }
    }

    /// <summary>Signed or 32-bit whole numbers: nothing says which of them is white.</summary>
    internal static DataException UnknownScale(string path) => new(
        $"{path}: holds signed or 32-bit whole numbers. Save it with 8 or 16 bit a sample, or as floating point from 0 to 1.");

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
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            throw new DataException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
