using UNetSharp.Data;
using UNetSharp.Inference.Explanation;

namespace UNetSharp.Imaging;

/// <summary>What is written on a <see cref="HeatSheet"/>.</summary>
/// <param name="Title">What the map shows.</param>
/// <param name="Marked">What the outline in the picture marks; null if it marks nothing.</param>
/// <param name="Low">What the lowest colour means.</param>
/// <param name="High">What the highest colour means.</param>
public sealed record HeatCaptions(string Title, string? Marked, string Low, string High);

/// <summary>
/// A picture beside the same picture in grey with a heat map over it, and below a bar that says what the colours mean.
/// </summary>
public static class HeatSheet
{
    private const int Side = 480;
    private const int Gap = 16;
    private const int LineHeight = 20;
    private const int BarHeight = 14;
    private const float HeatShare = 0.6f;

    // What is smaller than this on the sheet gets a frame around it.
    private const int LeastMark = 8;
    private const int FrameSide = 17;

    // Sky blue of Okabe and Ito: no colour of the heat is like it.
    private static readonly (byte R, byte G, byte B) MarkColor = (86, 180, 233);

    /// <summary>Draws the sheet.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="map">The map over it.</param>
    /// <param name="region">The pixels that are explained, which are outlined.</param>
    /// <param name="frame">Side of a square to draw around the region's first pixel, in pixels of the picture; null for none.
    /// </param>
    /// <param name="captions">What is written.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    /// <exception cref="DataException">The installed libvips cannot draw text.</exception>
    public static (byte[] Pixels, PictureSize Size) Draw(
        Picture picture, HeatMap map, Region region, double? frame, HeatCaptions captions)
    {
        double scale = (double)Side / Math.Max(picture.Height, picture.Width);
        PictureSize cell = new(
            Math.Max(1, (int)Math.Round(picture.Height * scale)), Math.Max(1, (int)Math.Round(picture.Width * scale)));
        int left = Gap, right = Math.Max(Side, cell.Width) + (2 * Gap);
        int top = Gap + LineHeight, below = top + cell.Height + Gap;
        Canvas canvas = new(new PictureSize(below + BarHeight + (2 * LineHeight) + Gap, right + Side + Gap));
        float[] samples = Resampling.Bilinear(picture.Samples, map.Size, cell, picture.Channels);
        byte[] rgb = Overlay.Display(
            new Picture(cell.Width, cell.Height, picture.Channels, picture.FullScale, samples));
        float[] heat = Resampling.Bilinear(map.Values, map.Size, cell, channels: 1);

        canvas.Write(Gap, left, captions.Title);
        canvas.Place(top, left, cell, rgb);
        canvas.Place(top, right, cell, Heated(rgb, heat));
        byte[] mask = Resampling.Nearest(region.Mask, region.Size, cell);
        foreach (int start in new[] { left, right })
        {
            Mark(canvas, top, start, cell, mask);
            if (frame is { } side)
            {
                int first = region.Mask.IndexOf((byte)1);
                (double y, double x) = ((first / map.Size.Width) + 0.5, (first % map.Size.Width) + 0.5);
                Frame(canvas, top, start, cell, y * scale, x * scale, side * scale);
            }
        }

        if (captions.Marked is { } marked)
        {
            canvas.Write(below + (BarHeight / 2), left, marked);
        }

        Bar(canvas, below, right);
        int words = below + BarHeight + LineHeight;
        canvas.Write(words, right, captions.Low);
        canvas.Write(words, right + Side, captions.High, anchor: 1);
        return (canvas.Pixels, canvas.Size);
    }

    private static byte[] Heated(byte[] rgb, float[] heat)
    {
        byte[] heated = new byte[rgb.Length];
        for (int i = 0; i < heat.Length; i++)
        {
            Span<byte> pixel = heated.AsSpan(3 * i, 3);
            pixel.Fill((byte)MathF.Round((0.299f * rgb[3 * i]) + (0.587f * rgb[(3 * i) + 1]) + (0.114f * rgb[(3 * i) + 2])));
            Overlay.Blend(pixel, HeatColors.Of(heat[i]), HeatShare);
        }

        return heated;
    }

    private static void Bar(Canvas canvas, int top, int left)
    {
        for (int i = 0; i < BarHeight * Side; i++)
        {
            canvas.Set(top + (i / Side), left + (i % Side), HeatColors.Of((i % Side) / (Side - 1f)));
        }
    }

    /// <summary>Outlines the pixels of a mask that does not mark all; few pixels get a frame to be found by.</summary>
    private static void Mark(Canvas canvas, int top, int left, PictureSize cell, byte[] mask)
    {
        (int Row, int Column)[] marked =
        [
            .. Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0).Select(i => (i / cell.Width, i % cell.Width)),
        ];
        if (marked.Length == 0)
        {
            return;
        }

        (int high, int low) = (marked.Min(at => at.Row), marked.Max(at => at.Row));
        (int near, int far) = (marked.Min(at => at.Column), marked.Max(at => at.Column));
        if (Math.Max(low - high, far - near) < LeastMark)
        {
            Frame(canvas, top, left, cell, (high + low + 1) / 2.0, (near + far + 1) / 2.0, FrameSide);
            return;
        }

        foreach ((int row, int column) in marked.Where(at => IsEdge(mask, cell, at.Row, at.Column)))
        {
            canvas.Set(top + row, left + column, MarkColor);
        }
    }

    private static bool IsEdge(byte[] mask, PictureSize size, int row, int column)
    {
        int i = (row * size.Width) + column;
        return (row > 0 && mask[i - size.Width] == 0)
            || (row < size.Height - 1 && mask[i + size.Width] == 0)
            || (column > 0 && mask[i - 1] == 0)
            || (column < size.Width - 1 && mask[i + 1] == 0);
    }

    /// <summary>A square around a place of a cell, cut off at the cell's border.</summary>
    private static void Frame(
        Canvas canvas, int top, int left, PictureSize cell, double row, double column, double side)
    {
        (int first, int last) = ((int)(row - (side / 2)), (int)(row + (side / 2)));
        (int near, int far) = ((int)(column - (side / 2)), (int)(column + (side / 2)));
        for (int y = Math.Max(0, first); y <= Math.Min(cell.Height - 1, last); y++)
        {
            for (int x = Math.Max(0, near); x <= Math.Min(cell.Width - 1, far); x++)
            {
                if (y == first || y == last || x == near || x == far)
                {
                    canvas.Set(top + y, left + x, MarkColor);
                }
            }
        }
    }
}
