using System.Runtime.InteropServices;
using NetVips;
using UNetSharp.Data;
using UNetSharp.Data.Rows;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// The rows of an image file, decoded as they are asked for, with the values that
/// <see cref="ImageFile.Read(string, int)"/> gives. All calls come from one thread.
/// </summary>
public sealed class ImageRows : RowSource
{
    /// <summary>
    /// What is decoded at once, but a row at least. Measured: each strip is a new array, and larger ones, for which
    /// memory comes from the system and goes back to it, take four times as long.
    /// </summary>
    private const int StripBytes = 1 << 16;

    /// <summary>Samples beyond which files that are decoded as a whole are refused.</summary>
    private const long MaxWholeSamples = 1L << 29;

    private readonly string _path;
    private readonly Enums.BandFormat _format;
    private readonly int _sampleBytes;
    private readonly int _stripRows;
    private readonly Region _region;
    private byte[] _strip = [];
    private int _next;

    private ImageRows(string path, Image image, float fullScale, int sampleBytes, IReadOnlyList<string> notes)
        : base(new PictureSize(image.Height, image.Width), image.Bands, fullScale)
    {
        (_path, _format, _sampleBytes, Notes) = (path, image.Format, sampleBytes, notes);
        _stripRows = Math.Clamp(StripBytes / (RowLength * sampleBytes), 1, Size.Height);
        _region = Region.New(image); // holds the image
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; }

    /// <summary>Opens a file; its header alone is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file, the first is 0.</param>
    /// <param name="channels">Channels that the network reads: 1 or 3, or others as they are stored.</param>
    /// <exception cref="DataException">
    /// The file is missing, damaged, of an unknown kind, or too large and of a kind that must be decoded as a whole.
    /// </exception>
    public static RowSource Open(string path, int page = 0, int channels = PictureChannels.Plain) =>
        ImageFile.Guard(path, () => Open(path, ImageFile.ReadFormat(path, page), page, channels));

    private static RowSource Open(string path, ImageFormat format, int page, int channels)
    {
        if (format == ImageFormat.Bmp)
        {
            return new PictureRows(ImageFile.Read(path));
        }

        using Image file = OpenByRows(path, format, page, channels);
        using Image plain = ImageFile.Simplify(path, file, channels, out string[] notes);
        switch (plain.Format)
        {
            case Enums.BandFormat.Uchar:
                return new ImageRows(path, plain, byte.MaxValue, sizeof(byte), notes);
            case Enums.BandFormat.Ushort:
                return new ImageRows(path, plain, ushort.MaxValue, sizeof(ushort), notes);
            case Enums.BandFormat.Float or Enums.BandFormat.Double:
                using (Image cast = plain.Cast(Enums.BandFormat.Float))
                {
                    return new ImageRows(path, cast, fullScale: 1, sizeof(float), notes);
                }

            default:
                throw ImageFile.UnknownScale(path);
        }
    }

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        int within = _next % _stripRows;
        if (within == 0)
        {
            int count = Math.Min(_stripRows, Size.Height - _next);
            _strip = ImageFile.Guard(_path, () => _region.Fetch(0, _next, Size.Width, count));
        }

        _next++;
        ReadOnlySpan<byte> bytes = _strip.AsSpan(within * RowLength * _sampleBytes, RowLength * _sampleBytes);
        switch (_format)
        {
            case Enums.BandFormat.Uchar:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = bytes[i];
                }

                break;
            case Enums.BandFormat.Ushort:
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
        _region.Dispose();
        base.Dispose(isDisposing);
    }

    private static Image OpenByRows(string path, ImageFormat format, int page, int channels)
    {
        Image file = ImageFile.OpenChannels(format, path, page, channels, Enums.Access.Sequential);
        if (file.Contains("orientation") && (int)file.Get("orientation") > 1)
        {
            // Turning takes rows in another order: libvips decodes to memory or, beyond 100 MB, to a temporary file.
            file.Dispose();
            return ImageFile.OpenChannels(format, path, page, channels);
        }

        bool isWhole = !format.HasRows || IsProgressive(file);
        if (isWhole && (long)file.Width * file.Height * file.Bands > MaxWholeSamples)
        {
            string text = $"{path}: {file.Width}x{file.Height} pixels are too many for a file that cannot be read by "
                + "rows. Save it as TIFF or PNG, not interlaced.";
            file.Dispose();
            throw new DataException(text);
        }

        return file;
    }

    /// <summary>Whether ever finer images follow one another, so that no row is known before all are.</summary>
    private static bool IsProgressive(Image file) => file.Contains("interlaced") || file.Contains("jpeg-multiscan");
}
