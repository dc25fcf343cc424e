using UNetSharp.Data;
using UNetSharp.Files;
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
    internal const string BitmapLoader = "bitmap"; // ours, no name of libvips
    private const int MarkBytes = 4;

    // A file that ends early is refused, not filled up with grey.
    private static readonly (string, string)[] Strict = [("fail_on", "truncated")];

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

    /// <summary>The first bytes of a file of each kind, and libvips's name of its loader, or ours.</summary>
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
        ([(byte)'B', (byte)'M'], BitmapLoader),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file, the first is 0; the others are not decoded.</param>
    /// <exception cref="DataException">The file is missing, damaged, too large or of an unknown kind.</exception>
    public static Picture Read(string path, int page = 0) => Guard(path, () =>
    {
        string loader = LoaderOf(path, page);
        if (loader == BitmapLoader)
        {
            return Decode(path, new Bitmap(File.ReadAllBytes(path)), MostSamples);
        }

        using VipsImage file = Open(path, loader, page);
        return Decode(path, file, MostSamples);
    });

    /// <summary>Reads the bytes of a file, the first page of a TIFF file.</summary>
    /// <param name="bytes">What a file would hold.</param>
    /// <param name="name">What the message of an error calls it.</param>
    /// <param name="mostSamples">Pixels times channels beyond which it is refused before it is decoded.</param>
    /// <exception cref="DataException">The bytes are damaged, of too large an image or of an unknown kind.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> bytes, string name, long mostSamples = MostSamples) =>
        Guard(name, () =>
        {
            string loader = LoaderOf(name, bytes.Span);
            if (loader == BitmapLoader)
            {
                return Decode(name, new Bitmap(bytes), mostSamples);
            }

            using VipsBytes copy = new(bytes.Span);
            using VipsImage file = Make(loader + "_buffer", copy, Strict);
            return Decode(name, file, mostSamples);
        });

    /// <summary>Pages of a TIFF file, by its header alone; 1 for other files.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public static int CountPages(string path) => Guard(path, () =>
    {
        string loader = LoaderOf(path);
        if (loader != TiffLoader)
        {
            return 1;
        }

        using VipsImage file = Open(path, loader, page: 0);
        return file.Pages;
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

    /// <summary>An 8-bit grey PNG as bytes.</summary>
    /// <param name="pixels">(height, width).</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] PngOfGrey(ReadOnlySpan<byte> pixels, int width, int height) => Png(pixels, width, height, 1, "b-w");

    /// <summary>An 8-bit RGB PNG as bytes, for pages that hold their pictures.</summary>
    /// <param name="pixels">(height, width, 3).</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] PngOfColor(ReadOnlySpan<byte> pixels, int width, int height) =>
        Png(pixels, width, height, 3, "srgb");

    private static byte[] Png(ReadOnlySpan<byte> pixels, int width, int height, int bands, string interpretation)
    {
        using VipsImage image = FromMemory(pixels, width, height, bands, SampleFormat.Byte);
        using VipsImage marked = image.Then("copy", ("interpretation", interpretation));
        return marked.Bytes("pngsave_buffer");
    }

    /// <summary>Reads an image; what goes wrong becomes one line that names it.</summary>
    internal static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{name}: there is no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{name}: cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is VipsException or InvalidDataException)
        {
            throw new DataException($"{name}: is no image, or damaged: {e.Message}.", e);
        }
    }

    /// <summary>
    /// Opens a file with the one loader that its first bytes ask for. libvips knows many more formats, among them some
    /// whose readers are not hardened; these stay out.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="loader">The loader, of libvips.</param>
    /// <param name="page">Page of a TIFF file.</param>
    /// <param name="access">"random", or "sequential" where rows are read once, from the top.</param>
    internal static VipsImage Open(string path, string loader, int page, string access = "random")
    {
        (string, string)[] arguments = [("filename", path), ("access", access), .. Strict];
        return Make(loader, loader == TiffLoader ? [.. arguments, ("page", $"{page}")] : arguments);
    }

    internal static string LoaderOf(string path, int page = 0)
    {
        Span<byte> start = stackalloc byte[MarkBytes];
        using FileStream stream = File.OpenRead(path);
        string loader = LoaderOf(path, start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        return page == 0 || loader == TiffLoader
            ? loader
            : throw new DataException($"{path}: page {page} is asked for, but only TIFF files have pages here.");
    }

    private static string LoaderOf(string name, ReadOnlySpan<byte> start)
    {
        foreach ((byte[] mark, string loader) in Loaders)
        {
            if (start.StartsWith(mark))
            {
                return loader;
            }
        }

        throw new DataException($"{name}: is no image of a known kind (PNG, JPEG, TIFF, WebP, BMP, GIF), or damaged.");
    }

    private static Picture Decode(string name, Bitmap bitmap, long mostSamples)
    {
        RequireFewer(name, bitmap.Width, bitmap.Height, bitmap.Channels, mostSamples);
        return bitmap.Decode();
    }

    private static Picture Decode(string name, VipsImage file, long mostSamples)
    {
        RequireFewer(name, file.Width, file.Height, file.Bands, mostSamples);
        using VipsImage plain = Plain(name, file);
        return Samples(name, plain);
    }

    /// <summary>The image upright, in grey or red, green and blue, without transparency.</summary>
    internal static VipsImage Plain(string name, VipsImage file)
    {
        using VipsImage upright = file.Then("autorot");
        using VipsImage plain = InGreyOrRgb(upright);
        if (plain.Bands > MostBands)
        {
            throw new DataException($"{name}: has {plain.Bands} channels; images are grey or colour, with or "
                + "without transparency. Save the channels to be used as grey or RGB.");
        }

        return plain.Then("extract_band", ("band", "0"), ("n", plain.Bands >= 3 ? "3" : "1"));
    }

    private static void RequireFewer(string name, int width, int height, int channels, long mostSamples)
    {
        if ((long)width * height * channels > mostSamples)
        {
            throw new DataException($"{name}: {width}x{height} pixels of {channels} channels are more "
                + $"than the {mostSamples} samples that are read at once. Cut the image into parts.");
        }
    }

    internal static bool IsGreyOrRgb(VipsImage image) => image.Interpretation is Grey or Grey16 or Rgb or Rgb16;

    private static VipsImage InGreyOrRgb(VipsImage image) => image.Interpretation switch
    {
        Grey or Grey16 or Rgb or Rgb16 or Multiband => image.Then("copy"),
        _ when image.Format == SampleFormat.Float => image.Then("copy"),
        _ when image.Format == SampleFormat.UShort => image.Then("colourspace", ("space", "rgb16")),
        _ => image.Then("colourspace", ("space", "srgb")),
    };

    private static Picture Samples(string path, VipsImage image)
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

    internal static void Write(string path, VipsImage image, string interpretation)
    {
        try
        {
            using VipsImage marked = image.Then("copy", ("interpretation", interpretation));
            AtomicFile.WriteBytes(path, marked.Bytes("pngsave_buffer"));
        }
        catch (Exception e) when (e is VipsException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
