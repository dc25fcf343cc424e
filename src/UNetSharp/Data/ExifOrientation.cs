namespace UNetSharp.Data;

/// <summary>
/// How a camera was held, by the EXIF entry of its photograph (tag 274): 1 upright, 2 mirrored, 3 turned by 180°, 4
/// upside down mirrored, 5 to 8 with rows and columns exchanged. Viewers show photographs upright; the pixels are
/// stored as the sensor read them.
/// </summary>
internal static class ExifOrientation
{
    /// <summary>As stored.</summary>
    public const int Upright = 1;

    /// <summary>Turns a picture of stored pixels upright.</summary>
    public static Picture Apply(Picture stored, int orientation)
    {
        if (orientation is <= Upright or > 8)
        {
            return stored;
        }

        bool isTransposed = orientation >= 5;
        (int width, int height, int channels) = isTransposed
            ? (stored.Height, stored.Width, stored.Channels)
            : (stored.Width, stored.Height, stored.Channels);
        float[] samples = new float[stored.Samples.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int fromX, int fromY) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, width - 1 - x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (height - 1 - y, x),
                };
                stored.Samples.AsSpan(((fromY * stored.Width) + fromX) * channels, channels)
                    .CopyTo(samples.AsSpan(((y * width) + x) * channels, channels));
            }
        }

        return new Picture(width, height, channels, stored.FullScale, samples) { Notes = stored.Notes };
    }
}
