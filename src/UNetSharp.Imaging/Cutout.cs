using NetVips;
using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// Pictures without their background: how opaque each pixel is goes beside its colour, which stays as it is, or the
/// picture is laid over one colour: c·α + background·(1 − α) (Porter and Duff 1984, "over"). Files are PNG of 8 bit
/// where the picture has 8, else of 16.
/// </summary>
public static class Cutout
{
    private const string ProfileField = "icc-profile-data";

    /// <summary>The ICC profile of a file whose colours are read as they are; null if there is none.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public static byte[]? ReadProfile(string path) => ImageFile.Guard(path, () =>
    {
        ImageFormat format = ImageFormat.Detect(path);
        if (format == ImageFormat.Bmp)
        {
            return null;
        }

        using Image file = Vips.Open(format, path);
        return ImageFile.IsGreyOrRgb(file) && file.Contains(ProfileField) ? (byte[])file.Get(ProfileField) : null;
    });

    /// <summary>How opaque the pixels of a file are, 0 to 1, (height, width); null if nothing says it.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
    public static float[]? ReadOpacity(string path) => ImageFile.Guard(path, () =>
    {
        ImageFormat format = ImageFormat.Detect(path);
        if (format == ImageFormat.Bmp)
        {
            return null;
        }

        using Image file = Vips.Open(format, path);
        if (!file.HasAlpha())
        {
            return null;
        }

        using Image upright = file.Autorot();
        using Image alpha = upright.ExtractBand(upright.Bands - 1);
        float opaque = alpha.Format switch
        {
            Enums.BandFormat.Uchar => byte.MaxValue,
            Enums.BandFormat.Ushort => ushort.MaxValue,
            _ => 1,
        };
        using Image values = alpha.Cast(Enums.BandFormat.Float);
        return Array.ConvertAll(values.WriteToMemory<float>(), value => Math.Clamp(value / opaque, 0, 1));
    });

    /// <summary>Writes a picture that is transparent where its background was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="alpha">How opaque each pixel is, 0 to 1, (height, width).</param>
    /// <param name="profile">The picture's ICC profile, or null.</param>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteTransparent(string path, Picture picture, float[] alpha, byte[]? profile)
    {
        float[] samples = new float[alpha.Length * (picture.Channels + 1)];
        for (int i = 0; i < alpha.Length; i++)
        {
            Span<float> pixel = samples.AsSpan(i * (picture.Channels + 1), picture.Channels + 1);
            picture.Samples.AsSpan(i * picture.Channels, picture.Channels).CopyTo(pixel);
            pixel[^1] = alpha[i] * picture.FullScale;
        }

        Write(path, picture, samples, profile);
    }

    /// <summary>Writes a picture over one colour.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="alpha">How opaque each pixel is, 0 to 1, (height, width).</param>
    /// <param name="profile">The picture's ICC profile, or null.</param>
    /// <param name="background">The colour.</param>
    /// <exception cref="DataException">The file cannot be written; nothing is left behind.</exception>
    public static void WriteOver(
        string path, Picture picture, float[] alpha, byte[]? profile, (byte R, byte G, byte B) background)
    {
        ReadOnlySpan<byte> color = [background.R, background.G, background.B];
        float[] samples = new float[alpha.Length * color.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            (int pixel, int channel) = (i / color.Length, i % color.Length);
            float over = picture.Samples[(pixel * picture.Channels) + (picture.Channels == 1 ? 0 : channel)];
            float under = color[channel] * picture.FullScale / byte.MaxValue;
            samples[i] = (over * alpha[pixel]) + (under * (1 - alpha[pixel]));
        }

        Write(path, picture, samples, picture.Channels == 1 ? null : profile); // a grey one does not fit colours
    }

    private static void Write(string path, Picture picture, float[] samples, byte[]? profile)
    {
        int bands = samples.Length / (picture.Width * picture.Height);
        bool isByte = picture.FullScale == byte.MaxValue;
        float scale = (isByte ? byte.MaxValue : ushort.MaxValue) / picture.FullScale;
        bool isGrey = bands <= 2;
        using Image image = isByte
            ? Vips.FromPixels<byte>(
                Array.ConvertAll(samples, value => (byte)ToInteger(value * scale, byte.MaxValue)),
                picture.Width, picture.Height, bands,
                isGrey ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb)
            : Vips.FromPixels<ushort>(
                Array.ConvertAll(samples, value => (ushort)ToInteger(value * scale, ushort.MaxValue)),
                picture.Width, picture.Height, bands,
                isGrey ? Enums.Interpretation.Grey16 : Enums.Interpretation.Rgb16);
        using Image marked = profile is null
            ? image.Copy()
            : image.Mutate(fields => fields.Set(GValue.BlobType, ProfileField, profile));
        ImageFile.Write(path, marked);
    }

    private static float ToInteger(float value, float max) => MathF.Round(Math.Clamp(value, 0, max));
}
