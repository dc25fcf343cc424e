using System.Runtime.InteropServices;
using UNetSharp.Data;
using UNetSharp.Data.Rows;
using static UNetSharp.Imaging.VipsImage;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// The rows of an image file, decoded as they are asked for, with the values that <see cref="ImageFile.Read"/> gives.
/// All calls come from one thread.
/// </summary>
public sealed class ImageRows : RowSource
{
    private const int StripBytes = 1 << 20;

    /// <summary>Samples beyond which files that are decoded as a whole are refused.</summary>
    private const long MostWhole = 1L << 29;

    private static readonly string[] RowLoaders = ["pngload", "jpegload", ImageFile.TiffLoader];

    private readonly string _path;
    private readonly SampleFormat _format;
    private readonly int _sampleBytes;
    private readonly byte[] _strip;
    private readonly int _stripRows;
    private VipsRegion? _region;
    private int _next;

    private ImageRows(string path, VipsImage image, SampleFormat format, float fullScale, int sampleBytes)
        : base(new PictureSize(image.Height, image.Width), image.Bands, fullScale)
    {
        (_path, _format, _sampleBytes) = (path, format, sampleBytes);
        _stripRows = Math.Clamp(StripBytes / (RowLength * sampleBytes), 1, Size.Height);
        _strip = new byte[checked(_stripRows * RowLength * sampleBytes)];
        _region = new VipsRegion(image);
    }

    /// <summary>Opens a file; its header alone is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file, the first is 0.</param>
    /// <exception cref="DataException">
    /// The file is missing, damaged, of an unknown kind, or too large and of a kind that must be decoded as a whole.
    /// </exception>
    public static RowSource Open(string path, int page = 0) => ImageFile.Guard<RowSource>(path, () =>
    {
        string loader = ImageFile.LoaderOf(path, page);
        return loader == ImageFile.BitmapLoader
            ? new PictureRows(ImageFile.Read(path))
            : Open(path, loader, page);
    });

    private static ImageRows Open(string path, string loader, int page)
    {
        using VipsImage file = OpenByRows(path, loader, page);
        using VipsImage plain = ImageFile.Plain(path, file);
        return plain.Format switch
        {
            SampleFormat.Byte => new ImageRows(path, plain.Then("copy"), plain.Format, 255, sizeof(byte)),
            SampleFormat.UShort => new ImageRows(path, plain.Then("copy"), plain.Format, 65535, sizeof(ushort)),
            SampleFormat.Float or SampleFormat.Double => new ImageRows(
                path, plain.Then("cast", ("format", "float")), SampleFormat.Float, 1, sizeof(float)),
            _ => throw ImageFile.UnknownScale(path),
        };
    }

    /// <inheritdoc/>
    public override void ReadRow(Span<float> row)
    {
        int within = _next % _stripRows;
        if (within == 0)
        {
            ImageFile.Guard(_path, () =>
            {
                int count = Math.Min(_stripRows, Size.Height - _next);
                _region!.Read(_next, count, _strip);
                return count;
            });
        }

        _next++;
        ReadOnlySpan<byte> bytes = _strip.AsSpan(within * RowLength * _sampleBytes, RowLength * _sampleBytes);
        switch (_format)
        {
            case SampleFormat.Byte:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = bytes[i];
                }

                break;
            case SampleFormat.UShort:
                ReadOnlySpan<ushort> samples = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = samples[i];
                }

                break;
            default:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(row);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _region?.Dispose();
        _region = null;
        base.Dispose(isDisposing);
    }

    private static VipsImage OpenByRows(string path, string loader, int page)
    {
        VipsImage file = ImageFile.Open(path, loader, page, access: "sequential");
        if (file.Orientation > 1)
        {
            // Turning takes rows in another order: libvips decodes to memory or, beyond 100 MB, to a temporary file.
            file.Dispose();
            return ImageFile.Open(path, loader, page);
        }

        bool isWhole = !RowLoaders.Contains(loader) || file.IsProgressive;
        if (isWhole && (long)file.Width * file.Height * file.Bands > MostWhole)
        {
            string text = $"{path}: {file.Width}x{file.Height} pixels are too many for a file that cannot be read by "
                + "rows. Save it as TIFF or PNG, not interlaced.";
            file.Dispose();
            throw new DataException(text);
        }

        return file;
    }
}
