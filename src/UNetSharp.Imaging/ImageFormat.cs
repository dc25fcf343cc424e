using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Imaging;

/// <summary>
/// A kind of image file, known by its first bytes, and the one loader that opens it. libvips knows many more kinds,
/// among them some whose loaders are not hardened; a file reaches none but these.
/// </summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Loader">libvips's name of the loader.</param>
/// <param name="HasRows">Whether its rows are decoded one after another, without the whole image.</param>
internal sealed record ImageFormat(string Name, string Loader, bool HasRows = false)
{
    public static readonly ImageFormat Tiff = new("TIFF", "tiffload", HasRows: true);

    /// <summary>Read by <see cref="Bitmap"/>: libvips has it through ImageMagick alone.</summary>
    public static readonly ImageFormat Bmp = new("BMP", Loader: "");

    private const int MarkEnd = 12;

    private static readonly ImageFormat Png = new("PNG", "pngload", HasRows: true);
    private static readonly ImageFormat Jpeg = new("JPEG", "jpegload", HasRows: true);
    private static readonly ImageFormat WebP = new("WebP", "webpload");
    private static readonly ImageFormat Gif = new("GIF", "gifload");
    private static readonly ImageFormat Avif = new("AVIF", "heifload");

    /// <summary>The same container with HEVC pixels, for which the package's libvips has no decoder.</summary>
    private static readonly ImageFormat Heic = new("HEIC", Loader: "");

    private static readonly (int Start, byte[] Mark, ImageFormat Format)[] Marks =
    [
        (0, [0x89, .. "PNG"u8], Png),
        (0, [0xFF, 0xD8], Jpeg),
        (0, [.. "II"u8, 42, 0], Tiff),
        (0, [.. "MM"u8, 0, 42], Tiff),
        (0, [.. "II"u8, 43, 0], Tiff), // BigTIFF
        (0, [.. "MM"u8, 0, 43], Tiff),
        (0, [.. "GIF8"u8], Gif),
        (0, [.. "BM"u8], Bmp),
        (8, [.. "WEBP"u8], WebP),
        (4, [.. "ftypavif"u8], Avif),
        (4, [.. "ftypavis"u8], Avif),
        (4, [.. "ftypmif1"u8], Avif), // does not say how the pixels are coded; the loader refuses HEVC
        (4, [.. "ftyphei"u8], Heic),
        (4, [.. "ftyphev"u8], Heic),
    ];

    private static readonly string Known = string.Join(
        ", ", Marks.Select(mark => mark.Format).Distinct().Where(format => format != Heic).Select(kind => kind.Name));

    /// <summary>The format of a file.</summary>
    /// <exception cref="DataException">It is of no kind that is read.</exception>
    public static ImageFormat Detect(string path)
    {
        Span<byte> start = stackalloc byte[MarkEnd];
        using FileStream stream = RegularFile.OpenRead(path);
        return Detect(path, start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    /// <summary>The format of a file, by its first bytes.</summary>
    /// <exception cref="DataException">It is of no kind that is read.</exception>
    public static ImageFormat Detect(string name, ReadOnlySpan<byte> bytes)
    {
        foreach ((int start, byte[] mark, ImageFormat format) in Marks)
        {
            if (bytes.Length >= start && bytes[start..].StartsWith(mark))
            {
                return format != Heic
                    ? format
                    : throw new DataException(
                        $"{name}: is a HEIC image, which is not read. Save it as one of {Known}.");
            }
        }

        throw new DataException($"{name}: is no image of a known kind ({Known}), or damaged.");
    }
}
