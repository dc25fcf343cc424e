using UNetSharp.Data;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Imaging;

/// <summary>
/// The outlines of objects drawn over their picture, in the colour of their class; see <see cref="Overlay"/>. Lines are
/// wider on larger pictures, so that they are seen where the whole picture is shown.
/// </summary>
public static class Contours
{
    // Pixels of the picture's longer side for each pixel of a line to either side of an outline.
    private const double SideOfPixel = 600;

    /// <summary>The picture with outlines.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="objects">Its objects, with their runs.</param>
    /// <returns>8-bit RGB, (height, width, 3).</returns>
    public static byte[] Draw(Picture picture, IReadOnlyList<MaskObject> objects)
    {
        byte[] rgb = Overlay.ToRgb(picture);
        PictureSize size = new(picture.Height, picture.Width);
        int reach = (int)Math.Max(1, Math.Round(Math.Max(size.Height, size.Width) / SideOfPixel));
        foreach (MaskObject found in objects)
        {
            foreach (IReadOnlyList<PixelCorner> ring in found.Polygons().SelectMany(polygon => polygon.Rings))
            {
                PixelCorner last = ring[^1];
                foreach (PixelCorner corner in ring)
                {
                    DrawSegment(rgb, size, last, corner, reach, Overlay.GetColor(found.Class));
                    last = corner;
                }
            }
        }

        return rgb;
    }

    private static void DrawSegment(
        byte[] rgb, PictureSize size, PixelCorner from, PixelCorner to, int reach, (byte R, byte G, byte B) color)
    {
        int left = Math.Max(0, Math.Min(from.X, to.X) - reach);
        int right = Math.Min(size.Width, Math.Max(from.X, to.X) + reach);
        int bottom = Math.Min(size.Height, Math.Max(from.Y, to.Y) + reach);
        for (int row = Math.Max(0, Math.Min(from.Y, to.Y) - reach); row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                Overlay.Blend(rgb.AsSpan(3 * ((row * size.Width) + column), 3), color, share: 1);
            }
        }
    }
}
