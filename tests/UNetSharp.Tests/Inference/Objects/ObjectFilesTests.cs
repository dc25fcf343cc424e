using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Tests.Inference.Objects;

/// <summary>Files of objects, read back and drawn again.</summary>
public sealed class ObjectFilesTests
{
    private static readonly MaskClasses Names =
        new(3, new Dictionary<int, int> { [0] = 0, [1] = 1, [2] = 2 }, Names: ["ground", "cell, large", "edge"]);

    [Fact]
    public void A_table_has_a_line_for_each_object()
    {
        using TemporaryFolder folder = new();
        ObjectFinder finder = new(width: 4);
        finder.AddRow([1, 0, 0, 0], [0.75f, 0.1f, 0.1f, 0.1f]);
        finder.AddRow([1, 0, 2, 0], [0.5f, 0.1f, 0.9f, 0.1f]);
        finder.AddRow([0, 0, 0, 0], [0.1f, 0.1f, 0.1f, 0.1f]);

        ObjectTable.WriteCsv(folder.File("a.csv"), finder.Finish(), Names);

        Assert.Equal(
            "id,class,name,area,left,top,width,height,center_x,center_y,perimeter,probability,touches_border\n"
            + "1,1,\"cell, large\",2,0,0,1,2,0.5,1,4.828,0.625,1\n"
            + "2,2,edge,1,2,1,1,1,2.5,1.5,2.828,0.9,0\n",
            File.ReadAllText(folder.File("a.csv")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_table_as_json_says_the_same()
    {
        using TemporaryFolder folder = new();

        ObjectTable.WriteJson(
            folder.File("a.json"), "a.png", new PictureSize(2, 3), DrawnObjects.Find("2..", "2.."), Names);

        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("a.json")));
        Assert.Equal("a.png", json.RootElement.GetProperty("image").GetString());
        Assert.Equal((3, 2), (Number(json.RootElement, "width"), Number(json.RootElement, "height")));
        JsonElement found = json.RootElement.GetProperty("objects")[0];
        Assert.Equal((1, 2, 2), (Number(found, "id"), Number(found, "class"), Number(found, "area")));
        Assert.Equal("edge", found.GetProperty("name").GetString());
        Assert.Equal([0, 0, 1, 2], Numbers(found.GetProperty("box")));
        Assert.True(found.GetProperty("touches_border").GetBoolean());
        Assert.False(found.TryGetProperty("probability", out _));
    }

    [Theory]
    [MemberData(nameof(ObjectFinderTests.Masks), MemberType = typeof(ObjectFinderTests))]
    public void Polygons_of_GeoJSON_draw_the_mask(int height, int width, int most, double share)
    {
        using TemporaryFolder folder = new();
        PictureSize size = new(height, width);
        byte[] classes = DrawnObjects.Random(size, Math.Min(2, most), share, seed: height + width);

        GeoJson.Write(folder.File("a.geojson"), ObjectFinder.Find(classes, size), Names);

        byte[] drawn = new byte[classes.Length];
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("a.geojson")));
        foreach (JsonElement feature in json.RootElement.GetProperty("features").EnumerateArray())
        {
            JsonElement geometry = feature.GetProperty("geometry");
            JsonElement coordinates = geometry.GetProperty("coordinates");
            JsonElement[] polygons = geometry.GetProperty("type").GetString() == "Polygon"
                ? [coordinates]
                : [.. coordinates.EnumerateArray()];
            JsonElement properties = feature.GetProperty("properties");
            DrawnObjects.Fill(
                polygons.SelectMany(polygon => polygon.EnumerateArray()).Select(ClosedRing),
                drawn,
                size,
                (byte)Number(properties, "class"));
            Assert.Equal(Names.GetName(Number(properties, "class")), properties.GetProperty("name").GetString());
        }

        Assert.Equal("FeatureCollection", json.RootElement.GetProperty("type").GetString());
        Assert.Equal(classes, drawn);
    }

    [Fact]
    public void Annotations_of_COCO_draw_the_masks_of_all_pictures()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.json");
        (PictureSize Size, byte[] Classes)[] pictures =
        [
            .. new PictureSize[] { new(13, 19), new(1, 1), new(24, 7) }.Select(
                (size, index) => (size, DrawnObjects.Random(size, 2, 0.8, index))),
        ];
        using (CocoFile coco = new(file, Names))
        {
            for (int i = 0; i < pictures.Length; i++)
            {
                coco.Add($"{i}.png", pictures[i].Size, ObjectFinder.Find(pictures[i].Classes, pictures[i].Size));
            }

            Assert.False(File.Exists(file));
            coco.Complete();
        }

        using var json = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement[] annotations = [.. json.RootElement.GetProperty("annotations").EnumerateArray()];
        Assert.Equal(Enumerable.Range(1, annotations.Length), annotations.Select(found => Number(found, "id")));
        Assert.Equal(
            ["cell, large", "edge"],
            json.RootElement.GetProperty("categories").EnumerateArray().Select(
                kind => kind.GetProperty("name").GetString()!));
        JsonElement[] images = [.. json.RootElement.GetProperty("images").EnumerateArray()];
        for (int i = 0; i < pictures.Length; i++)
        {
            (PictureSize size, byte[] classes) = pictures[i];
            Assert.Equal($"{i}.png", images[i].GetProperty("file_name").GetString());
            Assert.Equal((size.Width, size.Height), (Number(images[i], "width"), Number(images[i], "height")));
            byte[] drawn = new byte[classes.Length];
            foreach (JsonElement found in annotations.Where(found => Number(found, "image_id") == i + 1))
            {
                byte[] alone = Drawn(found.GetProperty("segmentation"), size);
                Assert.Equal(Number(found, "area"), alone.Count(value => value != 0));
                Assert.Equal(0, Number(found, "iscrowd"));
                Assert.Equal(BoxOf(alone, size), Numbers(found.GetProperty("bbox")));
                drawn = [.. drawn.Zip(alone, (under, over) => over == 0 ? under : (byte)Number(found, "category_id"))];
            }

            Assert.Equal(classes, drawn);
        }

        Assert.Contains(annotations, found => found.GetProperty("segmentation").ValueKind == JsonValueKind.Object);
        Assert.Contains(annotations, found => found.GetProperty("segmentation").ValueKind == JsonValueKind.Array);
    }

    [Fact]
    public void A_run_length_code_goes_down_the_columns()
    {
        using TemporaryFolder folder = new();
        using (CocoFile coco = new(folder.File("a.json"), Names))
        {
            coco.Add("a.png", new PictureSize(3, 4), DrawnObjects.Find(".###", ".#.#", ".###"));
            coco.Complete();
        }

        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("a.json")));
        JsonElement code = json.RootElement.GetProperty("annotations")[0].GetProperty("segmentation");
        Assert.Equal([3, 4], Numbers(code.GetProperty("size")));

        // A column of background; one whole column and a pixel of the next; the hole; a pixel and the last column.
        Assert.Equal([3, 4, 1, 4], Numbers(code.GetProperty("counts")));
    }

    [Fact]
    public void A_file_that_is_not_completed_is_not_there()
    {
        using TemporaryFolder folder = new();
        using (CocoFile coco = new(folder.File("a.json"), Names))
        {
            coco.Add("a.png", new PictureSize(1, 1), DrawnObjects.Find("#"));
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static byte[] Drawn(JsonElement segmentation, PictureSize size)
    {
        byte[] drawn = new byte[size.Height * size.Width];
        if (segmentation.ValueKind == JsonValueKind.Array)
        {
            DrawnObjects.Fill(segmentation.EnumerateArray().Select(FlatRing), drawn, size, 1);
            return drawn;
        }

        int place = 0;
        byte value = 0;
        foreach (int count in Numbers(segmentation.GetProperty("counts")))
        {
            for (int end = place + count; place < end; place++)
            {
                drawn[(place % size.Height * size.Width) + (place / size.Height)] = value;
            }

            value ^= 1;
        }

        Assert.Equal(drawn.Length, place);
        return drawn;
    }

    private static int[] BoxOf(byte[] mask, PictureSize size)
    {
        int[] pixels = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0)];
        (int left, int top) = (pixels.Min(i => i % size.Width), pixels.Min(i => i / size.Width));
        return
        [
            left, top, pixels.Max(i => i % size.Width) + 1 - left, pixels.Max(i => i / size.Width) + 1 - top,
        ];
    }

    private static IReadOnlyList<PixelCorner> ClosedRing(JsonElement ring)
    {
        PixelCorner[] corners =
            [.. ring.EnumerateArray().Select(place => new PixelCorner(Numbers(place)[0], Numbers(place)[1]))];
        Assert.Equal(corners[0], corners[^1]);
        return corners[..^1];
    }

    private static IReadOnlyList<PixelCorner> FlatRing(JsonElement ring) =>
        [.. Numbers(ring).Chunk(2).Select(place => new PixelCorner(place[0], place[1]))];

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];
}
