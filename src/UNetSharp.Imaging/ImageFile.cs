using NetVips;
using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Imaging;

/// <summary>
/// Image files in and out: PNG, JPEG, TIFF, WebP, AVIF, BMP and GIF are read, PNG is written. Grey and colour, 8 and 16
/// bit and floating point; palettes, CMYK and other colour spaces become RGB, transparency is dropped, EXIF rotation
/// applied. Of a TIFF file with several pages any can be read, of other files the first.
/// </summary>
public static class ImageFile
{
    private const string OrientationField = "orientation";

    /// <summary>Samples beyond which a file is refused before it is decoded: 2 GiB as float32; grey ones become three
    /// times as many for networks that read colours.</summary>
    private const long MaxSamples = 1L << 29;

    /// <summary>Red, green, blue and transparency.</summary>
    private const int MaxBands = 4;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">Page of a TIFF file, the first is 0; the others are not decoded.</param>
    /// <exception cref="DataException">The file is missing, damaged, too large or of an unknown kind.</exception>
    public static Picture Read(string path, int page = 0) => Read(path, page, PictureChannels.Plain);

    /// <summary>
    /// What reads files for a network of so many channels: for one or three <see cref="Read(string, int)"/>; for others
    /// the first channels as they are stored, of files that have so many, also as pages of a stack of ImageJ or OME.
    /// </summary>
    public static PictureReader ReaderFor(int channels) =>
        PictureChannels.IsPlain(channels) ? Read : (path, page) => Read(path, page, channels);

    private static Picture Read(string path, int page, int channels) => Guard(path, () =>
    {
        ImageFormat format = ReadFormat(path, page);
        if (format == ImageFormat.Bmp)
        {
            return Decode(path, new Bitmap(File.ReadAllBytes(path)), MaxSamples);
        }

        using Image file = OpenChannels(format, path, page, channels);
        Picture picture = Decode(path, file, MaxSamples, channels);
        return format == ImageFormat.Tiff && file.Bands < channels && TiffPages.Read(path).Channels is > 1 and var stack
            ? picture.WithNote($"has {stack} channels, of which the first is used")
            : picture;
    });

    /// <summary>Reads the bytes of a file, the first page of a TIFF file.</summary>
    /// <param name="bytes">What a file would hold.</param>
    /// <param name="name">What the message of an error calls it.</param>
    /// <param name="maxSamples">Pixels times channels beyond which it is refused before it is decoded.</param>
    /// <exception cref="DataException">The bytes are damaged, of too large an image or of an unknown kind.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> bytes, string name, long maxSamples = MaxSamples) =>
        Guard(name, () =>
        {
            ImageFormat format = ImageFormat.Detect(name, bytes.Span);
            if (format == ImageFormat.Bmp)
            {
                return Decode(name, new Bitmap(bytes), maxSamples);
            }

            using Image file = Vips.Open(format, bytes.Span);
            return Decode(name, file, maxSamples);
        });

    /// <summary>
    /// Pages of a TIFF file, by its header alone; 1 for other files. Smaller copies of a page are no pages, nor are the
    /// further channels of a stack of ImageJ or OME.
    /// </summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public static int CountPages(string path) => Guard(
        path, () => ImageFormat.Detect(path) == ImageFormat.Tiff ? TiffPages.Read(path).Directories.Count : 1);

    /// <summary>Writes a page of a TIFF file as a file of its own, with the same values.</summary>
    /// <exception cref="DataException">It cannot be read or written.</exception>
    public static void CopyPage(string path, int page, string target) => Guard(path, () =>
    {
        using Image image = OpenPage(ReadFormat(path, page), path, page);
        AtomicFile.WriteBytes(target, image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate));
        return 0;
    });

    /// <summary>Writes an 8-bit grey PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteGrey(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        using Image image = Vips.FromPixels(pixels, width, height, bands: 1, Enums.Interpretation.Bw);
        Write(path, image);
    }

    /// <summary>Writes a 16-bit grey PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteGrey16(string path, ReadOnlySpan<ushort> pixels, int width, int height)
    {
        using Image image = Vips.FromPixels(pixels, width, height, bands: 1, Enums.Interpretation.Grey16);
        Write(path, image);
    }

    /// <summary>Writes an 8-bit RGB PNG.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteColor(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        using Image image = Vips.FromPixels(pixels, width, height, bands: 3, Enums.Interpretation.Srgb);
        Write(path, image);
    }

    /// <summary>An 8-bit grey PNG as bytes.</summary>
    /// <param name="pixels">(height, width).</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] EncodeGreyPng(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using Image image = Vips.FromPixels(pixels, width, height, bands: 1, Enums.Interpretation.Bw);
        return image.PngsaveBuffer();
    }

    /// <summary>An 8-bit RGB PNG as bytes, for pages that hold their pictures.</summary>
    /// <param name="pixels">(height, width, 3).</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] EncodeColorPng(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using Image image = Vips.FromPixels(pixels, width, height, bands: 3, Enums.Interpretation.Srgb);
        return image.PngsaveBuffer();
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
        catch (VipsException e)
        {
            throw new DataException($"{name}: is no image, or damaged: {Vips.Reason(e)}.", e);
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{name}: is no image, or damaged: {e.Message}.", e);
        }
    }

    /// <summary>Opens a page of a file.</summary>
    internal static Image OpenPage(
        ImageFormat format, string path, int page, Enums.Access access = Enums.Access.Random) => Vips.Open(
        format, path, format == ImageFormat.Tiff ? TiffPages.Read(path).GetDirectory(path, page) : page, access);

    /// <summary>Opens a page of a file with its channels side by side, where they are pages of a stack.</summary>
    internal static Image OpenChannels(
        ImageFormat format, string path, int page, int channels, Enums.Access access = Enums.Access.Random)
    {
        bool isStack = format == ImageFormat.Tiff && !PictureChannels.IsPlain(channels)
            && TiffPages.Read(path).Channels >= channels;
        if (!isStack)
        {
            return OpenPage(format, path, page, access);
        }

        Image[] parts =
            [.. TiffPages.Read(path).GetChannels(path, page).Select(index => Vips.Open(format, path, index, access))];
        try
        {
            return parts[0].Bandjoin(parts[1..]);
        }
        finally
        {
            Array.ForEach(parts, part => part.Dispose());
        }
    }

    /// <summary>The format of a file that has the page.</summary>
    internal static ImageFormat ReadFormat(string path, int page)
    {
        ImageFormat format = ImageFormat.Detect(path);
        return page == 0 || format == ImageFormat.Tiff
            ? format
            : throw new DataException($"{path}: page {page} is asked for, but only TIFF files have pages here.");
    }

    /// <summary>
    /// The image upright, in grey or red, green and blue, without transparency; or so many channels as they are.
    /// </summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="file">The file.</param>
    /// <param name="channels">Channels that are wanted; <see cref="PictureChannels.Plain"/> for grey or colour.</param>
    /// <param name="notes">What of it is left out.</param>
    internal static Image Simplify(string name, Image file, int channels, out string[] notes)
    {
        using Image upright = file.Autorot();
        if (!PictureChannels.IsPlain(channels) && upright.Bands >= channels)
        {
            notes = upright.Bands == channels
                ? []
                : [$"has {upright.Bands} channels, of which the first {channels} are used"];
            return upright.ExtractBand(0, n: channels);
        }

        using Image plain = ToGreyOrRgb(upright);
        if (plain.Bands > MaxBands)
        {
            throw new DataException($"{name}: has {plain.Bands} channels; images are grey or colour, with or "
                + "without transparency. Save the channels to be used as grey or RGB, or train a network on all.")
            {
                Settings = ["Channels"],
            };
        }

        int used = plain.Bands >= 3 ? 3 : 1;
        notes = plain.Bands == used ? []
            : upright.HasAlpha() ? ["the network does not see its transparency (alpha channel)"]
            : [$"has {plain.Bands} channels, of which the first {used} are used"];
        return plain.ExtractBand(0, n: used);
    }

    /// <summary>Whether the colours of a file are read as they are.</summary>
    internal static bool IsGreyOrRgb(Image image) => image.Interpretation
        is Enums.Interpretation.Bw or Enums.Interpretation.Grey16
        or Enums.Interpretation.Srgb or Enums.Interpretation.Rgb16;

    /// <summary>Signed or 32-bit whole numbers: nothing says which of them is white.</summary>
    internal static DataException UnknownScale(string path) => new($"{path}: holds signed or 32-bit whole numbers. "
        + "Save it with 8 or 16 bit a sample, or as floating point from 0 to 1.");

    /// <summary>Writes a PNG file.</summary>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    internal static void Write(string path, Image image)
    {
        try
        {
            AtomicFile.WriteBytes(path, image.PngsaveBuffer());
        }
        catch (Exception e) when (e is VipsException or IOException or UnauthorizedAccessException)
        {
            string reason = e is VipsException refused ? Vips.Reason(refused) : e.Message;
            throw new DataException($"{path}: cannot be written: {reason}", e);
        }
    }

    private static Picture Decode(string name, Bitmap bitmap, long maxSamples)
    {
        RequireAtMost(name, bitmap.Width, bitmap.Height, bitmap.Channels, maxSamples);
        return bitmap.Decode();
    }

    private static Picture Decode(
        string name, Image file, long maxSamples, int channels = PictureChannels.Plain)
    {
        RequireAtMost(name, file.Width, file.Height, file.Bands, maxSamples);
        using Image plain = Simplify(name, file, channels, out string[] notes);
        return ToPicture(name, plain, notes, GetOrientation(file));
    }

    private static void RequireAtMost(string name, int width, int height, int channels, long maxSamples)
    {
        if ((long)width * height * channels > maxSamples)
        {
            throw new DataException($"{name}: {width}x{height} pixels of {channels} channels are more "
                + $"than the {maxSamples} samples that are read at once. Cut the image into parts.");
        }

        PictureMemory.Require(name, width, height, channels);
    }

    private static Image ToGreyOrRgb(Image image)
    {
        if (IsGreyOrRgb(image)
            || image.Interpretation == Enums.Interpretation.Multiband
            || image.Format == Enums.BandFormat.Float)
        {
            return image.Copy();
        }

        Enums.Interpretation space = image.Format == Enums.BandFormat.Ushort
            ? Enums.Interpretation.Rgb16
            : Enums.Interpretation.Srgb;
        if (image.Interpretation != Enums.Interpretation.Cmyk)
        {
            return image.Colourspace(space);
        }

        // By CIELAB, which has room for every ink; by XYZ, the usual way, dark and strong ones would be cut off.
        using Image lab = image.IccImport(
            pcs: Enums.PCS.Lab, embedded: true, inputProfile: "cmyk", intent: Enums.Intent.Relative);
        return lab.Colourspace(space);
    }

    private static int GetOrientation(Image file) =>
        file.Contains(OrientationField) ? (int)file.Get(OrientationField) : 1;

    private static Picture ToPicture(string name, Image image, string[] notes, int orientation)
    {
        (int width, int height, int bands) = (image.Width, image.Height, image.Bands);
        switch (image.Format)
        {
            case Enums.BandFormat.Uchar:
                float[] bytes = Array.ConvertAll(image.WriteToMemory<byte>(), value => (float)value);
                return new Picture(width, height, bands, byte.MaxValue, bytes)
                {
                    Notes = notes,
                    Orientation = orientation,
                };
            case Enums.BandFormat.Ushort:
                float[] shorts = Array.ConvertAll(image.WriteToMemory<ushort>(), value => (float)value);
                return new Picture(width, height, bands, ushort.MaxValue, shorts)
                {
                    Notes = notes,
                    Orientation = orientation,
                };
            case Enums.BandFormat.Float or Enums.BandFormat.Double:
                using (Image cast = image.Cast(Enums.BandFormat.Float))
                {
                    return new Picture(width, height, bands, 1, cast.WriteToMemory<float>())
                    {
                        Notes = notes,
                        Orientation = orientation,
                    };
                }

            default:
                throw UnknownScale(name);
        }
    }
}
