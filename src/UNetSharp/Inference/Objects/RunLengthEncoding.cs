using UNetSharp.Data;

namespace UNetSharp.Inference.Objects;

/// <summary>
/// COCO's run-length code of a mask: how many pixels lie in turn outside and inside, down one column after another.
/// Going down a column, one enters or leaves at each horizontal side of an outline, so the code follows from the
/// outline alone: the sides' places x·height + y in order, and their differences.
/// </summary>
internal static class RunLengthEncoding
{
    /// <summary>Lengths, of the outside first.</summary>
    public static List<long> Encode(IReadOnlyList<ObjectPolygon> polygons, PictureSize size)
    {
        List<long> places =
        [
            .. from polygon in polygons
               from ring in polygon.Rings
               from place in GetBoundaryPixels(ring, size.Height)
               select place,
        ];
        places.Sort();
        List<long> counts = [];
        long from = 0;
        for (int i = 0; i < places.Count; i++)
        {
            if (i + 1 < places.Count && places[i] == places[i + 1])
            {
                i++; // out at the bottom of a column, and in again at the top of the next one
                continue;
            }

            counts.Add(places[i] - from);
            from = places[i];
        }

        long end = (long)size.Height * size.Width;
        return from == end ? counts : [.. counts, end - from];
    }

    private static IEnumerable<long> GetBoundaryPixels(IReadOnlyList<PixelCorner> ring, int height)
    {
        PixelCorner last = ring[^1];
        foreach (PixelCorner corner in ring)
        {
            for (int x = Math.Min(last.X, corner.X); x < Math.Max(last.X, corner.X); x++)
            {
                yield return ((long)x * height) + corner.Y;
            }

            last = corner;
        }
    }
}
