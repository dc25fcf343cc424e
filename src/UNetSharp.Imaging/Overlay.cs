using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// A mask drawn over its picture: each class but the background tints its pixels and has an outline of one pixel. The
/// colours are those of Okabe and Ito, which colour-blind people can tell apart.
/// </summary>
public static class Overlay
{
    private const float TintShare = 0.35f;

    // Shares of darkest and brightest samples that are let go when the picture is stretched for the eye.
    private const double CutShare = 0.002;

    private static readonly (byte R, byte G, byte B)[] Colors =
    [
        (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167),
    ];

    /// <summary>The picture with the mask over it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="classes">Class of every pixel.</param>
    /// <returns>8-bit RGB, (height, width, 3).</returns>
    public static byte[] Draw(Picture picture, ReadOnlySpan<byte> classes)
    {
        byte[] rgb = Display(picture);
        for (int row = 0; row < picture.Height; row++)
        {
            for (int column = 0; column < picture.Width; column++)
            {
                int i = (row * picture.Width) + column;
                if (classes[i] != 0)
                {
                    bool isEdge = IsEdge(classes, picture.Width, picture.Height, row, column);
                    Blend(rgb.AsSpan(3 * i, 3), Colors[(classes[i] - 1) % Colors.Length], isEdge ? 1 : TintShare);
                }
            }
        }

        return rgb;
    }

    /// <summary>The picture as 8-bit RGB; one whose brightness range is narrow is stretched.</summary>
    public static byte[] Display(Picture picture)
    {
        (float low, float high) = Range(picture);
        byte[] rgb = new byte[picture.Width * picture.Height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            float value = picture.Samples[(i / 3 * picture.Channels) + (picture.Channels == 3 ? i % 3 : 0)];
            rgb[i] = (byte)Math.Clamp(MathF.Round((value - low) / (high - low) * 255), 0, 255);
        }

        return rgb;
    }

    private static (float Low, float High) Range(Picture picture)
    {
        float[] sorted = [.. picture.Samples];
        Array.Sort(sorted);
        int cut = (int)(sorted.Length * CutShare);
        (float low, float high) = (sorted[cut], sorted[^(cut + 1)]);
        bool isNarrow = high - low < 0.5f * picture.FullScale && high > low;
        return isNarrow ? (low, high) : (0, picture.FullScale);
    }

    private static bool IsEdge(ReadOnlySpan<byte> classes, int width, int height, int row, int column)
    {
        byte own = classes[(row * width) + column];
        return (row > 0 && classes[((row - 1) * width) + column] != own)
            || (row < height - 1 && classes[((row + 1) * width) + column] != own)
            || (column > 0 && classes[(row * width) + column - 1] != own)
            || (column < width - 1 && classes[(row * width) + column + 1] != own);
    }

    /// <summary>Mixes a colour into a pixel.</summary>
    internal static void Blend(Span<byte> pixel, (byte R, byte G, byte B) color, float share)
    {
        pixel[0] = Mixed(pixel[0], color.R, share);
        pixel[1] = Mixed(pixel[1], color.G, share);
        pixel[2] = Mixed(pixel[2], color.B, share);
    }

    private static byte Mixed(byte under, byte over, float share) => (byte)MathF.Round(under + ((over - under) * share));
}
