using UNetSharp.Data;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Tests.Inference.Objects;

/// <summary>Objects of masks against drawings and against flood filling.</summary>
public sealed class ObjectFinderTests
{
    private static readonly double Diagonal = 1 / Math.Sqrt(2);

    public static TheoryData<int, int, int, double> Masks => new()
    {
        { 1, 1, 1, 1 },
        { 1, 17, 1, 0.5 },
        { 17, 1, 2, 0.7 },
        { 13, 19, 1, 0.3 },
        { 23, 31, 1, 0.55 },
        { 31, 23, 3, 0.8 },
        { 40, 40, 1, 0.85 },
        { 64, 9, 2, 0.5 },
    };

    [Fact]
    public void Pixels_that_touch_at_a_corner_are_one_object()
    {
        MaskObject found = Assert.Single(DrawnObjects.Find(
            "....",
            ".#..",
            "..#.",
            "...."));

        Assert.Equal((1, 1, 2L, new PixelBox(1, 1, 2, 2)), (found.Id, found.Class, found.Area, found.Box));
        Assert.Equal((2, 2), (found.CenterX, found.CenterY));
        Assert.Equal(8 * Diagonal, found.Perimeter, 1e-12);
        Assert.False(found.TouchesBorder);
        Assert.Null(found.Probability);
        Assert.Equal([new PixelRun(1, 1, 2), new PixelRun(2, 2, 3)], found.Runs);
    }

    [Fact]
    public void A_ring_has_two_outlines_and_what_lies_in_it_is_another_object()
    {
        IReadOnlyList<MaskObject> objects = DrawnObjects.Find(
            "#####",
            "#...#",
            "#.#.#",
            "#...#",
            "#####");

        Assert.Equal([16L, 1L], objects.Select(found => found.Area));
        Assert.Equal((2.5, 2.5), (objects[0].CenterX, objects[0].CenterY));

        // 20 sides outside, 12 inside, with 4 corners each.
        Assert.Equal(20 + 12 - 8 + (8 * Diagonal), objects[0].Perimeter, 1e-12);
        Assert.Equal([true, false], objects.Select(found => found.TouchesBorder));
    }

    [Fact]
    public void Arms_that_meet_late_are_one_object_and_bear_the_number_of_the_first()
    {
        IReadOnlyList<MaskObject> objects = DrawnObjects.Find(
            "..#.#.#",
            "#.#.#.#",
            "#.#.###",
            "#.#....",
            "###.###");

        Assert.Equal([10L, 7L, 3L], objects.Select(found => found.Area));
        Assert.Equal([1, 2, 3], objects.Select(found => found.Id));
        Assert.Equal(new PixelBox(0, 0, 3, 5), objects[0].Box);
        Assert.Equal(new PixelBox(4, 4, 3, 1), objects[2].Box);
    }

    [Fact]
    public void A_spiral_is_one_object()
    {
        MaskObject found = Assert.Single(DrawnObjects.Find(
            "#######",
            "......#",
            "#####.#",
            "#...#.#",
            "#.###.#",
            "#.....#",
            "#######"));

        Assert.Equal(31, found.Area);
        ObjectPolygon outline = Assert.Single(found.Polygons());
        Assert.Empty(outline.Holes); // the way in is open
        Assert.Equal(31, ObjectPolygon.ComputeSignedArea(outline.Exterior));
    }

    [Fact]
    public void A_mask_of_foreground_alone_is_one_object()
    {
        MaskObject found = Assert.Single(DrawnObjects.Find("####", "####", "####"));

        Assert.Equal((12L, new PixelBox(0, 0, 4, 3), true), (found.Area, found.Box, found.TouchesBorder));
        Assert.Equal(14 - 4 + (4 * Diagonal), found.Perimeter, 1e-12);
    }

    [Fact]
    public void Classes_that_touch_are_objects_of_their_own_and_may_cross_at_a_corner()
    {
        IReadOnlyList<MaskObject> objects = DrawnObjects.Find(
            "1122",
            "2211",
            "..33");

        Assert.Equal([(1, 4L), (2, 4L), (3, 2L)], objects.Select(found => (found.Class, found.Area)));
    }

    [Theory]
    [InlineData("#..|...|...", true)]
    [InlineData("...|#..|...", true)]
    [InlineData("...|..#|...", true)]
    [InlineData("...|...|.#.", true)]
    [InlineData("...|.#.|...", false)]
    public void What_reaches_the_border_is_marked(string rows, bool touches) =>
        Assert.Equal(touches, Assert.Single(DrawnObjects.Find(rows.Split('|'))).TouchesBorder);

    [Fact]
    public void Unknown_pixels_are_background()
    {
        Assert.Empty(ObjectFinder.Find([0, MaskClasses.Ignored, 0, MaskClasses.Ignored], new PictureSize(2, 2)));
        Assert.Empty(ObjectFinder.Find([], new PictureSize(0, 0)));
    }

    [Fact]
    public void Small_objects_are_left_out_and_the_others_numbered_without_them()
    {
        (byte[] classes, PictureSize size) = DrawnObjects.Draw(
            "#.##",
            "....",
            "####");

        IReadOnlyList<MaskObject> objects = ObjectFinder.Find(classes, size, minArea: 2);

        Assert.Equal([(1, 2L), (2, 4L)], objects.Select(found => (found.Id, found.Area)));
    }

    [Fact]
    public void Probabilities_are_averaged_over_an_object()
    {
        ObjectFinder finder = new(width: 3);
        finder.AddRow([1, 0, 2], [0.5f, 0.1f, 0.75f]);
        finder.AddRow([1, 1, 0], [0.75f, 1, 0.1f]);

        IReadOnlyList<MaskObject> objects = finder.Finish();

        Assert.Equal([0.75, 0.75], objects.Select(found => found.Probability!.Value));
        Assert.Null(objects[0].Runs);
        Assert.Throws<InvalidOperationException>(() => objects[0].Polygons());
    }

    [Fact]
    public void A_row_of_another_width_is_refused()
    {
        ObjectFinder finder = new(width: 3);

        Assert.Throws<ArgumentException>(() => finder.AddRow(new byte[4]));
        Assert.Throws<ArgumentException>(() => finder.AddRow(new byte[3], new float[2]));
    }

    [Theory]
    [MemberData(nameof(Masks))]
    public void Random_masks_have_the_objects_that_flood_filling_finds(int height, int width, int most, double share)
    {
        PictureSize size = new(height, width);
        byte[] classes = DrawnObjects.Random(size, most, share, seed: height);

        IReadOnlyList<MaskObject> objects = ObjectFinder.Find(classes, size);

        List<HashSet<(int Row, int Column)>> expected = DrawnObjects.Flooded(classes, size);
        Assert.Equal(expected.Count, objects.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            (HashSet<(int Row, int Column)> pixels, MaskObject found) = (expected[i], objects[i]);
            (int left, int top) = (pixels.Min(pixel => pixel.Column), pixels.Min(pixel => pixel.Row));
            (int right, int bottom) = (pixels.Max(pixel => pixel.Column), pixels.Max(pixel => pixel.Row));
            Assert.Equal(i + 1, found.Id);
            Assert.All(pixels, pixel => Assert.Equal(found.Class, classes[(pixel.Row * width) + pixel.Column]));
            Assert.Equal(pixels.Count, found.Area);
            Assert.Equal(new PixelBox(left, top, right - left + 1, bottom - top + 1), found.Box);
            Assert.Equal(pixels.Average(pixel => pixel.Column + 0.5), found.CenterX, 1e-9);
            Assert.Equal(pixels.Average(pixel => pixel.Row + 0.5), found.CenterY, 1e-9);
            Assert.Equal(
                left == 0 || top == 0 || right == width - 1 || bottom == height - 1, found.TouchesBorder);
            Assert.Equal(
                pixels.Order(),
                found.Runs!.SelectMany(
                    run => Enumerable.Range(run.Start, run.End - run.Start).Select(c => (run.Row, c))));
        }
    }
}
