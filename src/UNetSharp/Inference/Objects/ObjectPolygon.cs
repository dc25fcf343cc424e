namespace UNetSharp.Inference.Objects;

/// <summary>A corner of pixels: the upper left one of the pixel in that column and row.</summary>
/// <param name="X">Columns to its left.</param>
/// <param name="Y">Rows above it.</param>
public readonly record struct PixelCorner(int X, int Y);

/// <summary>
/// The outline of pixels along their sides, valid as a polygon of the Simple Features (OGC 06-103r4, section 6.1.11):
/// no ring meets itself, and holes touch other rings in single corners at most. Rings are corners where the outline
/// turns, the first one not repeated.
/// </summary>
/// <param name="Exterior">The outer ring; in coordinates its area is positive (counterclockwise if y goes up).</param>
/// <param name="Holes">The inner rings; theirs is negative.</param>
public sealed record ObjectPolygon(
    IReadOnlyList<PixelCorner> Exterior, IReadOnlyList<IReadOnlyList<PixelCorner>> Holes)
{
    /// <summary>The outer ring and the inner ones.</summary>
    public IEnumerable<IReadOnlyList<PixelCorner>> Rings => Holes.Prepend(Exterior);

    /// <summary>Signed area of a ring, by the shoelace formula ½ Σ (xᵢ·yᵢ₊₁ − xᵢ₊₁·yᵢ).</summary>
    public static long ComputeSignedArea(IReadOnlyList<PixelCorner> ring)
    {
        long twice = 0;
        PixelCorner last = ring[^1];
        foreach (PixelCorner corner in ring)
        {
            twice += ((long)last.X * corner.Y) - ((long)corner.X * last.Y);
            last = corner;
        }

        return twice / 2;
    }
}
