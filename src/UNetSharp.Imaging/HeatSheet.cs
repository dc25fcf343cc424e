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

    // White pixels stay darker than the highest colours, so that they are not taken for heat.
    private const float GreyShare = 0.6f;
    private const float HeatShare = 0.65f;

    // What is smaller than this on the sheet gets a frame around it.
    private const int MinMarkSide = 8;
    private const int FrameSide = 17;

    // Sky blue of Okabe and Ito: no colour of the heat is like it.
    private static readonly (byte R, byte G, byte B) MarkColor = (86, 180, 233);

    // Runs along the outside of every mark, so that it is seen on bright pictures too.
    private static readonly (byte R, byte G, byte B) ShadeColor = (30, 30, 30);

    /// <summary>Draws the sheet.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="map">The map over it.</param>
    /// <param name="region">The pixels that are explained, which are outlined.</param>
    /// <param name="frame">Side of a square to draw around the region, in pixels of the picture; null for none.</param>
    /// <param name="captions">What is written.</param>
    /// <returns>8-bit RGB, (height, width, 3), and its size.</returns>
    public static (byte[] Pixels, PictureSize Size) Draw(
        Picture picture, HeatMap map, Region region, double? frame, HeatCaptions captions)
    {
        double scale = (double)Side / Math.Max(picture.Height, picture.Width);
        PictureSize cell = new(
            Math.Max(1, (int)Math.Round(picture.Height * scale)), Math.Max(1, (int)Math.Round(picture.Width * scale)));
        int left = Gap, right = Math.Max(Side, cell.Width) + (2 * Gap);
        int top = Gap + LineHeight, below = top + cell.Height + Gap;
        Canvas canvas = new(new PictureSize(below + BarHeight + (2 * LineHeight) + Gap, right + Side + Gap));
        float[] samples = Resampling.ResizeAntialiased(picture.Samples, map.Size, cell, picture.Channels);
        byte[] rgb = Overlay.ToRgb(
            new Picture(cell.Width, cell.Height, picture.Channels, picture.FullScale, samples));
        float[] heat = Resampling.ResizeAntialiased(map.Values, map.Size, cell, channels: 1);

        canvas.Write(Gap, left, captions.Title);
        canvas.Place(top, left, cell, rgb);
        canvas.Place(top, right, cell, BlendHeat(rgb, heat));
        Mark(canvas, top, [left, right], cell, region, frame * scale);
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

    private static byte[] BlendHeat(byte[] rgb, float[] heat)
    {
        byte[] heated = new byte[rgb.Length];
        for (int i = 0; i < heat.Length; i++)
        {
            Span<byte> pixel = heated.AsSpan(3 * i, 3);
            float grey = (0.299f * rgb[3 * i]) + (0.587f * rgb[(3 * i) + 1]) + (0.114f * rgb[(3 * i) + 2]);
            pixel.Fill((byte)MathF.Round(GreyShare * grey));
            Overlay.Blend(pixel, HeatColors.FromValue(heat[i]), HeatShare);
        }

        return heated;
    }

    private static void Bar(Canvas canvas, int top, int left)
    {
        for (int i = 0; i < BarHeight * Side; i++)
        {
            canvas.Set(top + (i / Side), left + (i % Side), HeatColors.FromValue((i % Side) / (Side - 1f)));
        }
    }

    /// <summary>
    /// Outlines a region; a small one gets a frame to be found by, but not in the heat that it would hide.
    /// </summary>
    private static void Mark(
        Canvas canvas, int top, int[] lefts, PictureSize cell, Region region, double? frame)
    {
        double scale = (double)cell.Height / region.Size.Height;
        (int row, int column, int height, int width) = Bounds(region);
        (double y, double x) = ((row + (height / 2.0)) * scale, (column + (width / 2.0)) * scale);
        if (Math.Max(height, width) * scale < MinMarkSide)
        {
            Frame(canvas, top, lefts[0], cell, y, x, FrameSide);
        }
        else
        {
            byte[] mask = Resampling.ResizeNearest(region.Mask, region.Size, cell);
            foreach (int left in lefts)
            {
                Outline(canvas, top, left, cell, mask);
            }
        }

        foreach (int left in frame is null ? [] : lefts)
        {
            Frame(canvas, top, left, cell, y, x, frame!.Value);
        }
    }

    private static (int Row, int Column, int Height, int Width) Bounds(Region region)
    {
        int[] marked = [.. Enumerable.Range(0, region.Mask.Length).Where(i => region.Mask[i] != 0)];
        int width = region.Size.Width;
        (int row, int column) = (marked[0] / width, marked.Min(i => i % width));
        return (row, column, (marked[^1] / width) - row + 1, marked.Max(i => i % width) - column + 1);
    }

    private static void Outline(Canvas canvas, int top, int left, PictureSize cell, byte[] mask)
    {
        for (int i = 0; i < mask.Length; i++)
        {
            (int row, int column) = (i / cell.Width, i % cell.Width);
            if (IsEdge(mask, cell, row, column))
            {
                canvas.Set(top + row, left + column, mask[i] != 0 ? MarkColor : ShadeColor);
            }
        }
    }

    /// <summary>Whether a pixel has a neighbour on the other side of the mask's border.</summary>
    private static bool IsEdge(byte[] mask, PictureSize size, int row, int column)
    {
        int i = (row * size.Width) + column;
        bool own = mask[i] != 0;
        return (row > 0 && mask[i - size.Width] != 0 != own)
            || (row < size.Height - 1 && mask[i + size.Width] != 0 != own)
            || (column > 0 && mask[i - 1] != 0 != own)
            || (column < size.Width - 1 && mask[i + 1] != 0 != own);
    }

    /// <summary>A square around a place of a cell, cut off at the cell's border.</summary>
    private static void Frame(
        Canvas canvas, int top, int left, PictureSize cell, double row, double column, double side)
    {
        (int first, int last) = ((int)Math.Floor(row - (side / 2)), (int)Math.Floor(row + (side / 2)));
        (int near, int far) = ((int)Math.Floor(column - (side / 2)), (int)Math.Floor(column + (side / 2)));
        for (int y = Math.Max(0, first - 1); y <= Math.Min(cell.Height - 1, last + 1); y++)
        {
            for (int x = Math.Max(0, near - 1); x <= Math.Min(cell.Width - 1, far + 1); x++)
            {
                bool isOutside = y < first || y > last || x < near || x > far;
                if (isOutside || y == first || y == last || x == near || x == far)
                {
                    canvas.Set(top + y, left + x, isOutside ? ShadeColor : MarkColor);
                }
            }
        }
    }
}
