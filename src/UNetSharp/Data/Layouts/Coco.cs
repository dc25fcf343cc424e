using System.Text.Json;

namespace UNetSharp.Data.Layouts;

/// <summary>
/// The format of COCO (https://cocodataset.org/#format-data): a JSON file with lists of images, annotations (polygons,
/// or runs of pixels down the columns) and categories.
/// </summary>
internal static class Coco
{
    private const long MaxBytes = 1L << 29;
    private const int FewestNumbers = 6; // of a polygon: three corners

    /// <summary>Looks for such files in a folder and in its annotations/; null if there are none.</summary>
    public static FoundPairs? Find(string directory)
    {
        string[] folders = [directory, .. DataFolder.FindSubfolder(directory, "annotations") is { } sub ? [sub]
            : Array.Empty<string>()];
        List<Listing> listings = [];
        foreach (string path in folders.SelectMany(AnnotationFiles.ListJson))
        {
            using JsonDocument json = JsonFile.Read(path, MaxBytes);
            if (JsonFile.Find(json.RootElement, "images") is { ValueKind: JsonValueKind.Array }
                && JsonFile.Find(json.RootElement, "annotations") is { ValueKind: JsonValueKind.Array })
            {
                listings.Add(JsonFile.Parse(path, json, "a file of COCO", root => Read(path, root)));
            }
        }

        if (listings.Count == 0)
        {
            return null;
        }

        string[] names =
            [.. listings.SelectMany(listing => listing.Categories).OrderBy(c => c.Key).Select(c => c.Value)];
        ClassNames classes = new(listings[0].Path, names);
        ImageIndex images = new(directory);
        List<ImagePair> pairs = [];
        List<string> lost = [];
        List<string> notes = ["Masks are drawn from COCO's annotations."];
        foreach (Listing listing in listings)
        {
            FoundPart part = SplitNames.FindPart(Path.GetFileNameWithoutExtension(listing.Path));
            if (part == FoundPart.Test && listings.Count > 1)
            {
                notes.Add($"{listing.Path} is for testing and not used.");
                continue;
            }

            AddPairs(listing, part == FoundPart.Validation ? DataPart.Validation : DataPart.Training);
        }

        int boxes = listings.Sum(listing => listing.Boxes);
        if (boxes > 0)
        {
            notes.Add($"{boxes} of COCO's annotations are boxes without an outline, which are not drawn.");
        }

        return new FoundPairs(directory, listings[0].Path, pairs)
        {
            Classes = classes.Masks,
            MasksWithoutImage = lost,
            Notes = notes,
        };

        void AddPairs(Listing listing, DataPart part)
        {
            foreach (CocoImage image in listing.Images)
            {
                if (images.Find(image.Name) is not { } path)
                {
                    lost.Add($"{listing.Path}[{CheckedName(image.Name)}]");
                    continue;
                }

                pairs.Add(new ImagePair(Path.GetFileNameWithoutExtension(path), path, listing.Path)
                {
                    Part = part,
                    Annotation = new Shapes(
                        [
                            .. listing.Shapes.GetValueOrDefault(image.Id, []).Select(shape => shape with
                            {
                                Class = listing.Categories.TryGetValue(shape.Class, out string? name)
                                    ? classes.GetValue(name)
                                    : throw new DataException(
                                        $"{listing.Path}: has no category {shape.Class}, which an annotation is of."),
                            }),
                        ],
                        image.Size),
                });
            }
        }
    }

    private static string CheckedName(string name) => new([.. name.Where(letter => !char.IsControl(letter)).Take(80)]);

    private static Listing Read(string path, JsonElement root)
    {
        Listing listing = new(path);
        foreach (JsonElement category in root.GetProperty("categories").EnumerateArray())
        {
            listing.Categories[category.GetProperty("id").GetInt32()] = category.GetProperty("name").GetString()!;
        }

        Dictionary<long, PictureSize> sizes = [];
        foreach (JsonElement image in root.GetProperty("images").EnumerateArray())
        {
            long id = image.GetProperty("id").GetInt64();
            PictureSize size = AnnotationFiles.RequireSize(
                path, image.GetProperty("height").GetInt32(), image.GetProperty("width").GetInt32());
            sizes[id] = size;
            listing.Images.Add(new CocoImage(id, image.GetProperty("file_name").GetString()!, size));
        }

        foreach (JsonElement annotation in root.GetProperty("annotations").EnumerateArray())
        {
            long image = annotation.GetProperty("image_id").GetInt64();
            int category = annotation.GetProperty("category_id").GetInt32();
            if (!sizes.TryGetValue(image, out PictureSize size)
                || ReadShapes(path, annotation, category, size) is not { Count: > 0 } found)
            {
                listing.Boxes++;
                continue;
            }

            if (!listing.Shapes.TryGetValue(image, out List<Shape>? shapes))
            {
                listing.Shapes.Add(image, shapes = []);
            }

            shapes.AddRange(found);
        }

        return listing;
    }

    private static IReadOnlyList<Shape> ReadShapes(
        string path, JsonElement annotation, int category, PictureSize size)
    {
        if (JsonFile.Find(annotation, "segmentation") is not { } segmentation)
        {
            return [];
        }

        if (segmentation.ValueKind == JsonValueKind.Array)
        {
            return
            [
                .. segmentation.EnumerateArray()
                    .Select(ring => ring.EnumerateArray().Select(number => number.GetSingle()).ToArray())
                    .Where(ring => ring.Length >= FewestNumbers && ring.Length % 2 == 0)
                    .Select(ring => new PolygonShape(category, [ring])),
            ];
        }

        JsonElement counts = segmentation.GetProperty("counts");
        JsonElement stated = segmentation.GetProperty("size");
        if ((stated[0].GetInt32(), stated[1].GetInt32()) != (size.Height, size.Width))
        {
            throw new DataException($"{path}: holds runs of pixels (RLE) of another size than their image.");
        }

        IReadOnlyList<int> runs = counts.ValueKind == JsonValueKind.String
            ? DecodeRuns(counts.GetString()!)
            : [.. counts.EnumerateArray().Select(number => number.GetInt32())];
        return [new RunsShape(category, runs, new PixelBox(0, 0, size.Width, size.Height), IsByColumns: true)];
    }

    /// <summary>
    /// Runs as pycocotools writes them: 5 bits a letter from the lowest, bit 5 says that more follow, the last one's
    /// bit 4 is the sign, and from the third run on the difference to the run before the last.
    /// </summary>
    internal static IReadOnlyList<int> DecodeRuns(string text)
    {
        List<int> runs = [];
        for (int at = 0; at < text.Length;)
        {
            long value = 0;
            int shift = 0;
            bool goesOn = true;
            while (goesOn && at < text.Length && shift < 35)
            {
                long bits = text[at++] - 48;
                value |= (bits & 31) << shift;
                goesOn = (bits & 32) != 0;
                shift += 5;
                if (!goesOn && (bits & 16) != 0)
                {
                    value |= -1L << shift;
                }
            }

            runs.Add(checked((int)(runs.Count > 2 ? value + runs[^2] : value)));
        }

        return runs;
    }

    private sealed record CocoImage(long Id, string Name, PictureSize Size);

    private sealed record Listing(string Path)
    {
        public Dictionary<int, string> Categories { get; } = [];

        public List<CocoImage> Images { get; } = [];

        public Dictionary<long, List<Shape>> Shapes { get; } = [];

        public int Boxes { get; set; }
    }
}
