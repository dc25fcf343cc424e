namespace UNetSharp.Data.Layouts;

/// <summary>Polygons and runs of pixels that people drew on an image, the later ones over the earlier.</summary>
/// <param name="shapes">The shapes.</param>
/// <param name="size">Size of the image on which they were drawn; null for coordinates from 0 to 1.</param>
internal sealed class Shapes(IReadOnlyList<Shape> shapes, PictureSize? size) : Annotation
{
    /// <inheritdoc/>
    public override Picture Draw(string name, PictureSize image, PictureReader read)
    {
        PictureSize drawn = size ?? image;
        float[] mask = new float[drawn.Height * drawn.Width];
        foreach (Shape shape in shapes)
        {
            shape.Draw(name, mask, drawn, size is null);
        }

        return new Picture(drawn.Width, drawn.Height, 1, byte.MaxValue, mask);
    }
}

/// <summary>An object that a person drew.</summary>
/// <param name="Class">Its class, from 1.</param>
internal abstract record Shape(int Class)
{
    /// <summary>Draws it into a mask.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="mask">The class of each pixel, by rows.</param>
    /// <param name="size">Size of the mask.</param>
    /// <param name="isRelative">Whether coordinates are fractions of the size.</param>
    /// <exception cref="DataException">It does not fit the image.</exception>
    public abstract void Draw(string name, Span<float> mask, PictureSize size, bool isRelative);
}

/// <summary>
/// Polygons; a pixel belongs to them if its middle lies inside an odd number of them (the even-odd rule), so a polygon
/// within another one is a hole.
/// </summary>
/// <param name="Class">Class of the object.</param>
/// <param name="Rings">x and y of each corner, in turns.</param>
internal sealed record PolygonShape(int Class, IReadOnlyList<float[]> Rings) : Shape(Class)
{
    /// <inheritdoc/>
    public override void Draw(string name, Span<float> mask, PictureSize size, bool isRelative)
    {
        (float scaleX, float scaleY) = isRelative ? (size.Width, size.Height) : (1f, 1f);
        if (Rings.Any(ring => ring.Length % 2 != 0 || !ring.All(float.IsFinite)))
        {
            throw new DataException($"{name}: holds a polygon whose corners are no pairs of numbers.");
        }

        List<float>?[] crossings = new List<float>?[size.Height];
        foreach (float[] ring in Rings)
        {
            for (int i = 0; i < ring.Length; i += 2)
            {
                int next = (i + 2) % ring.Length;
                AddCrossings(
                    crossings, ring[i] * scaleX, ring[i + 1] * scaleY, ring[next] * scaleX, ring[next + 1] * scaleY);
            }
        }

        for (int y = 0; y < size.Height; y++)
        {
            if (crossings[y] is not { } row)
            {
                continue;
            }

            row.Sort();
            for (int i = 0; i + 1 < row.Count; i += 2)
            {
                int start = Math.Clamp((int)MathF.Ceiling(row[i] - 0.5f), 0, size.Width);
                int end = Math.Clamp((int)MathF.Ceiling(row[i + 1] - 0.5f), start, size.Width);
                mask.Slice((y * size.Width) + start, end - start).Fill(Class);
            }
        }
    }

    /// <summary>Where an edge crosses the middles of rows.</summary>
    private static void AddCrossings(List<float>?[] crossings, float x0, float y0, float x1, float y1)
    {
        if (y0 > y1)
        {
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
        }

        int first = Math.Clamp((int)MathF.Ceiling(y0 - 0.5f), 0, crossings.Length);
        int end = Math.Clamp((int)MathF.Ceiling(y1 - 0.5f), first, crossings.Length);
        for (int y = first; y < end; y++)
        {
            (crossings[y] ??= []).Add(x0 + ((y + 0.5f - y0) / (y1 - y0) * (x1 - x0)));
        }
    }
}

/// <summary>Runs of pixels outside and inside an object in turns, the first outside.</summary>
/// <param name="Class">Class of the object.</param>
/// <param name="Runs">Lengths of the runs.</param>
/// <param name="Box">The rectangle that they fill.</param>
/// <param name="IsByColumns">Whether they go down the columns, as in COCO, and not along the rows, as in CVAT.</param>
internal sealed record RunsShape(int Class, IReadOnlyList<int> Runs, PixelBox Box, bool IsByColumns) : Shape(Class)
{
    /// <inheritdoc/>
    public override void Draw(string name, Span<float> mask, PictureSize size, bool isRelative)
    {
        if (Runs.Any(run => run < 0) || Runs.Sum(run => (long)run) > (long)Box.Width * Box.Height
            || Box.Left < 0 || Box.Top < 0 || Box.Left + (long)Box.Width > size.Width
            || Box.Top + (long)Box.Height > size.Height)
        {
            throw new DataException($"{name}: holds runs of pixels (RLE) that do not fit an image of {size}.");
        }

        int at = 0;
        bool isInside = false;
        foreach (int run in Runs)
        {
            for (int end = at + run; at < end; at++)
            {
                if (isInside)
                {
                    (int x, int y) = IsByColumns
                        ? (at / Box.Height, at % Box.Height)
                        : (at % Box.Width, at / Box.Width);
                    mask[((Box.Top + y) * size.Width) + Box.Left + x] = Class;
                }
            }

            isInside = !isInside;
        }
    }
}

/// <summary>A rectangle of pixels.</summary>
internal readonly record struct PixelBox(int Left, int Top, int Width, int Height);
