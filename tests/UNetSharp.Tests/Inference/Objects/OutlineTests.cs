using UNetSharp.Data;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Tests.Inference.Objects;

/// <summary>Outlines against drawings, and against the pixels that they are drawn around.</summary>
public sealed class OutlineTests
{
    [Fact]
    public void A_pixel_has_its_four_corners()
    {
        ObjectPolygon polygon = Assert.Single(Outline("...", ".#."));

        Assert.Equal([(1, 1), (2, 1), (2, 2), (1, 2)], Corners(polygon.Exterior));
        Assert.Empty(polygon.Holes);
    }

    [Fact]
    public void A_ring_has_a_hole_walked_the_other_way()
    {
        ObjectPolygon polygon = Assert.Single(Outline(
            "####",
            "#..#",
            "####"));

        Assert.Equal([(0, 0), (4, 0), (4, 3), (0, 3)], Corners(polygon.Exterior));
        Assert.Equal([(3, 1), (1, 1), (1, 2), (3, 2)], Corners(Assert.Single(polygon.Holes)));
        Assert.Equal(
            (12, -2),
            (ObjectPolygon.ComputeSignedArea(polygon.Exterior), ObjectPolygon.ComputeSignedArea(polygon.Holes[0])));
    }

    [Fact]
    public void Parts_that_touch_at_corners_alone_have_polygons_of_their_own()
    {
        IReadOnlyList<ObjectPolygon> polygons = Outline(
            ".#.",
            "#.#",
            ".#.");

        Assert.Equal(4, polygons.Count);
        Assert.All(polygons, polygon => Assert.Equal(1, ObjectPolygon.ComputeSignedArea(polygon.Exterior)));
        Assert.All(polygons, polygon => Assert.Empty(polygon.Holes));
    }

    [Fact]
    public void Arms_that_close_at_a_corner_leave_a_hole_that_touches_the_exterior()
    {
        ObjectPolygon polygon = Assert.Single(Outline(
            "##.",
            "#.#",
            "###"));

        Assert.Equal(8, ObjectPolygon.ComputeSignedArea(polygon.Exterior));
        Assert.Equal(-1, ObjectPolygon.ComputeSignedArea(Assert.Single(polygon.Holes)));
        Assert.Contains(new PixelCorner(2, 1), polygon.Exterior);
        Assert.Contains(new PixelCorner(2, 1), polygon.Holes[0]);
    }

    [Fact]
    public void Holes_that_touch_at_a_corner_are_two()
    {
        ObjectPolygon polygon = Assert.Single(Outline(
            "####",
            "##.#",
            "#.##",
            "####"));

        Assert.Equal([-1L, -1L], polygon.Holes.Select(ObjectPolygon.ComputeSignedArea));
    }

    [Fact]
    public void A_part_in_the_hole_of_another_one_keeps_its_own_hole()
    {
        // The inner ring touches the outer one at the corner (2, 2) alone, so both are one object of two parts.
        IReadOnlyList<ObjectPolygon> polygons = Outline(
            "#######",
            "##....#",
            "#.###.#",
            "#.#.#.#",
            "#.###.#",
            "#.....#",
            "#######");

        Assert.Equal([49L, 9L], polygons.Select(polygon => ObjectPolygon.ComputeSignedArea(polygon.Exterior)));
        Assert.Equal(
            [-24L, -1L], polygons.Select(polygon => ObjectPolygon.ComputeSignedArea(Assert.Single(polygon.Holes))));
    }

    [Theory]
    [MemberData(nameof(ObjectFinderTests.Masks), MemberType = typeof(ObjectFinderTests))]
    public void Outlines_of_random_masks_hold_the_pixels_and_are_valid(int height, int width, int most, double share)
    {
        PictureSize size = new(height, width);
        byte[] classes = DrawnObjects.Random(size, most, share, seed: width);
        byte[] drawn = new byte[classes.Length];

        foreach (MaskObject found in ObjectFinder.Find(classes, size))
        {
            IReadOnlyList<ObjectPolygon> polygons = found.Polygons();
            IReadOnlyList<PixelCorner>[] rings = [.. polygons.SelectMany(polygon => polygon.Rings)];
            DrawnObjects.Fill(rings, drawn, size, (byte)found.Class);

            Assert.Equal(found.Area, rings.Sum(ObjectPolygon.ComputeSignedArea));
            Assert.All(polygons, polygon => Assert.True(ObjectPolygon.ComputeSignedArea(polygon.Exterior) > 0));
            Assert.All(
                polygons.SelectMany(polygon => polygon.Holes),
                hole => Assert.True(ObjectPolygon.ComputeSignedArea(hole) < 0));
            Assert.All(rings, ring => Assert.Equal(ring.Count, ring.Distinct().Count()));
            Assert.All(rings, AssertTurnsAtEveryCorner);
            Assert.All(polygons, AssertHolesLieInside);
            double perimeter = rings.Sum(ring => Length(ring) - ring.Count + (ring.Count / Math.Sqrt(2)));
            Assert.Equal(perimeter, found.Perimeter, 1e-9);
        }

        Assert.Equal(classes, drawn);
    }

    private static IReadOnlyList<ObjectPolygon> Outline(params string[] rows) =>
        Assert.Single(DrawnObjects.Find(rows)).Polygons();

    private static IEnumerable<(int X, int Y)> Corners(IReadOnlyList<PixelCorner> ring) =>
        ring.Select(corner => (corner.X, corner.Y));

    private static int Length(IReadOnlyList<PixelCorner> ring) =>
        ring.Zip(ring.Skip(1).Append(ring[0])).Sum(
            side => Math.Abs(side.First.X - side.Second.X) + Math.Abs(side.First.Y - side.Second.Y));

    private static void AssertTurnsAtEveryCorner(IReadOnlyList<PixelCorner> ring)
    {
        Assert.True(ring.Count >= 4 && ring.Count % 2 == 0);
        for (int i = 0; i < ring.Count; i++)
        {
            (PixelCorner a, PixelCorner b, PixelCorner c) =
                (ring[i], ring[(i + 1) % ring.Count], ring[(i + 2) % ring.Count]);
            Assert.NotEqual(a.X == b.X, a.Y == b.Y);
            Assert.NotEqual(a.X == b.X, b.X == c.X);
        }
    }

    private static void AssertHolesLieInside(ObjectPolygon polygon)
    {
        foreach (IReadOnlyList<PixelCorner> hole in polygon.Holes)
        {
            PixelCorner first = hole.MinBy(corner => (corner.Y, corner.X));
            Assert.True(DrawnObjects.Covers([polygon.Exterior], first.Y, first.X));
        }
    }
}
