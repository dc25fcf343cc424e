using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// A mask drawn over its picture: each class but the background tints its pixels and has an outline of one pixel. The
/// colours are those of Okabe and Ito, which colour-blind people can distinguish. Pixels of no known class stay as they
/// are.
/// </summary>
public static class Overlay
{
    private const float TintShare = 0.35f;

    private static readonly (byte R, byte G, byte B)[] Colors =
    [
        (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167),
    ];

    // Vermilion: seen on both kinds of tissue, the dark and the purple.
    private static readonly (byte R, byte G, byte B) OutlineColor = Colors[5];

    /// <summary>The picture with the mask over it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="classes">Class of every pixel.</param>
    /// <returns>8-bit RGB, (height, width, 3).</returns>
    public static byte[] Draw(Picture picture, ReadOnlySpan<byte> classes)
    {
        byte[] rgb = ToRgb(picture);
        int width = picture.Width;
        for (int row = 0; row < picture.Height; row++)
        {
            DrawRow(
                rgb.AsSpan(3 * row * width, 3 * width),
                row > 0 ? classes.Slice((row - 1) * width, width) : [],
                classes.Slice(row * width, width),
                row < picture.Height - 1 ? classes.Slice((row + 1) * width, width) : []);
        }

        return rgb;
    }

    /// <summary>The colour of a class other than the background.</summary>
    public static (byte R, byte G, byte B) GetColor(int index) => Colors[(index - 1) % Colors.Length];

    /// <summary>Draws a row of a mask.</summary>
    /// <param name="rgb">The picture's row in 8-bit RGB, (width, 3), that is drawn on.</param>
    /// <param name="above">Classes of the row above; empty at the top.</param>
    /// <param name="classes">Classes of the row.</param>
    /// <param name="below">Classes of the row below; empty at the bottom.</param>
    internal static void DrawRow(
        Span<byte> rgb, ReadOnlySpan<byte> above, ReadOnlySpan<byte> classes, ReadOnlySpan<byte> below)
    {
        for (int i = 0; i < classes.Length; i++)
        {
            byte own = classes[i];
            if (IsObject(own))
            {
                bool isEdge = (above.Length > 0 && above[i] != own)
                    || (below.Length > 0 && below[i] != own)
                    || (i > 0 && classes[i - 1] != own)
                    || (i < classes.Length - 1 && classes[i + 1] != own);
                Blend(rgb.Slice(3 * i, 3), GetColor(own), isEdge ? 1 : TintShare);
            }
        }
    }

    /// <summary>The picture as 8-bit RGB; one whose brightness range is narrow is stretched.</summary>
    public static byte[] ToRgb(Picture picture) =>
        Contrast.FromSamples(picture.Samples, picture.FullScale).ToRgb(picture.Samples, picture.Channels);

    /// <summary>Draws the outline of a mask, in one colour and nothing else.</summary>
    /// <param name="rgb">8-bit RGB, (height, width, 3), that is drawn on.</param>
    /// <param name="classes">Class of every pixel.</param>
    /// <param name="size">Size of both.</param>
    internal static void Outline(Span<byte> rgb, ReadOnlySpan<byte> classes, PictureSize size)
    {
        for (int i = 0; i < classes.Length; i++)
        {
            if (IsObject(classes[i]) && IsEdge(classes, size, i))
            {
                Blend(rgb.Slice(3 * i, 3), OutlineColor, share: 1);
            }
        }
    }

    private static bool IsObject(byte index) => index is not (0 or MaskClasses.Ignored);

    /// <summary>Whether a pixel has a neighbour of another class.</summary>
    private static bool IsEdge(ReadOnlySpan<byte> classes, PictureSize size, int i)
    {
        (int row, int column) = (i / size.Width, i % size.Width);
        byte own = classes[i];
        return (row > 0 && classes[i - size.Width] != own)
            || (row < size.Height - 1 && classes[i + size.Width] != own)
            || (column > 0 && classes[i - 1] != own)
            || (column < size.Width - 1 && classes[i + 1] != own);
    }

    /// <summary>Mixes a colour into a pixel.</summary>
    internal static void Blend(Span<byte> pixel, (byte R, byte G, byte B) color, float share)
    {
        pixel[0] = Mix(pixel[0], color.R, share);
        pixel[1] = Mix(pixel[1], color.G, share);
        pixel[2] = Mix(pixel[2], color.B, share);
    }

    private static byte Mix(byte under, byte over, float share) => (byte)MathF.Round(under + ((over - under) * share));
}
