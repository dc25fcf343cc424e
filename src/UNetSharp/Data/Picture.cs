namespace UNetSharp.Data;

/// <summary>A decoded image: raw sample values, the channels of a pixel together, pixels by rows.</summary>
public sealed class Picture
{
    /// <summary>Wraps decoded samples.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue.</param>
    /// <param name="fullScale">The value of full brightness: 255, 65535, or 1 for floating point.</param>
    /// <param name="samples">width · height · channels values.</param>
    /// <exception cref="ArgumentException">The number of samples does not fit the sizes.</exception>
    public Picture(int width, int height, int channels, float fullScale, float[] samples)
    {
        if (samples.Length != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"A picture of {width}x{height} pixels and {channels} channels has {(long)width * height * channels} "
                    + $"samples, but {samples.Length} came.");
        }

        (Width, Height, Channels, FullScale, Samples) = (width, height, channels, fullScale, samples);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples of a pixel.</summary>
    public int Channels { get; }

    /// <summary>The value of full brightness.</summary>
    public float FullScale { get; }

    /// <summary>The values.</summary>
    public float[] Samples { get; }

    /// <summary>What of the file was left out, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the pixels are stored, by EXIF: 1 as they are here, 2 to 8 turned or mirrored.</summary>
    public int Orientation { get; init; } = ExifOrientation.Upright;

    /// <summary>The picture with another value of full brightness; the samples are the same array.</summary>
    public Picture WithFullScale(float fullScale) => fullScale == FullScale
        ? this
        : new Picture(Width, Height, Channels, fullScale, Samples) { Notes = Notes, Orientation = Orientation };

    /// <summary>The picture with one more line on what was left out.</summary>
    public Picture WithNote(string note) => new(Width, Height, Channels, FullScale, Samples)
    {
        Notes = [.. Notes, note],
        Orientation = Orientation,
    };

    /// <summary>The picture with white where it is.</summary>
    /// <param name="brightness">What is white; null for where the format has it.</param>
    public Picture WithWhite(Brightness? brightness) => brightness is null || FullScale == byte.MaxValue
        ? this
        : WithFullScale(brightness.GetWhite(
            FullScale, brightness.DependsOnSamples(FullScale) ? PictureRange.Measure(Samples).Max : 0));

    /// <summary>
    /// The picture in 0..1 with so many channels: colour becomes grey by its luma (Rec. 601), grey is repeated.
    /// </summary>
    public float[] ToUnitRange(int channels)
    {
        float[] unit = new float[Width * Height * channels];
        UnitValues.Convert<float>(Samples, Channels, FullScale, unit, channels);
        return unit;
    }
}

/// <summary>
/// Decodes a page of an image file, the first is 0. The library itself knows no file formats; UNetSharp.Imaging does.
/// </summary>
/// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
public delegate Picture PictureReader(string path, int page);

/// <summary>Counts the pages of an image file without decoding them.</summary>
/// <exception cref="DataException">The file is missing, damaged or of an unknown kind.</exception>
public delegate int PageCounter(string path);
