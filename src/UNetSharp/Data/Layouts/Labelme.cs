using System.Text.Json;

namespace UNetSharp.Data.Layouts;

/// <summary>Files of the program labelme: beside each image a JSON file of its name, with polygons.</summary>
internal static class Labelme
{
    private const long MaxBytes = 1 << 28;

    /// <summary>Looks for such files in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory)
    {
        string[] files = [.. AnnotationFiles.ListJson(directory)];
        List<(string Path, string Image, List<LabelledShape> Shapes, PictureSize? Size)> found = [];
        ImageIndex? images = null;
        List<string> lost = [];
        int skipped = 0;
        foreach (string path in files)
        {
            using JsonDocument json = JsonFile.Read(path, MaxBytes);
            if (JsonFile.Find(json.RootElement, "shapes") is not { ValueKind: JsonValueKind.Array } shapes
                || JsonFile.Find(json.RootElement, "imagePath") is not { ValueKind: JsonValueKind.String })
            {
                continue;
            }

            images ??= new ImageIndex(directory);
            JsonFile.Parse(path, json, "a file of labelme", root =>
            {
                string name = root.GetProperty("imagePath").GetString()!;
                List<LabelledShape> labelled = [.. shapes.EnumerateArray().Select(Read).OfType<LabelledShape>()];
                skipped += shapes.GetArrayLength() - labelled.Count;
                PictureSize? size = JsonFile.Find(root, "imageHeight") is { } height
                    && JsonFile.Find(root, "imageWidth") is { } width
                        ? AnnotationFiles.RequireSize(path, height.GetInt32(), width.GetInt32())
                        : null;
                string? image = DataFolder.FindImage(Path.ChangeExtension(path, null)) ?? images.Find(name);
                if (image is null)
                {
                    lost.Add(path);
                }
                else
                {
                    found.Add((path, image, labelled, size));
                }

                return 0;
            });
        }

        if (found.Count == 0)
        {
            return null;
        }

        ClassNames classes = new(
            directory,
            found.SelectMany(file => file.Shapes).Select(shape => shape.Label).Order(StringComparer.Ordinal));
        return new FoundPairs(
            directory,
            directory,
            [
                .. found.Select(file => new ImagePair(
                    Path.GetFileNameWithoutExtension(file.Image), file.Image, file.Path)
                {
                    Annotation = new Shapes(
                        [.. file.Shapes.Select(shape => new PolygonShape(classes.GetValue(shape.Label), [shape.Ring]))],
                        file.Size),
                }),
            ])
        {
            Classes = classes.Masks,
            MasksWithoutImage = lost,
            Notes =
            [
                "Masks are drawn from the polygons of labelme's files.",
                .. skipped == 0 ? Array.Empty<string>()
                    : [$"{skipped} of labelme's shapes are points, lines or bitmaps, which are not drawn."],
            ],
        };
    }

    private static LabelledShape? Read(JsonElement shape)
    {
        string label = shape.GetProperty("label").GetString()!;
        float[][] points =
        [
            .. shape.GetProperty("points").EnumerateArray().Select(point => new[]
            {
                point[0].GetSingle(), point[1].GetSingle(),
            }),
        ];
        string kind = JsonFile.Find(shape, "shape_type")?.GetString() ?? "polygon";
        float[]? ring = (kind, points) switch
        {
            ("polygon", { Length: >= 3 }) => [.. points.SelectMany(point => point)],
            ("rectangle", [var a, var b]) => [a[0], a[1], b[0], a[1], b[0], b[1], a[0], b[1]],
            ("circle", [var middle, var edge]) => Circle(middle, edge),
            _ => null,
        };
        return ring is null ? null : new LabelledShape(label, ring);
    }

    private static float[] Circle(float[] middle, float[] edge)
    {
        const int Corners = 64;
        float radius = MathF.Sqrt(MathF.Pow(edge[0] - middle[0], 2) + MathF.Pow(edge[1] - middle[1], 2));
        return
        [
            .. Enumerable.Range(0, Corners).SelectMany(i => new[]
            {
                middle[0] + (radius * MathF.Cos(2 * MathF.PI * i / Corners)),
                middle[1] + (radius * MathF.Sin(2 * MathF.PI * i / Corners)),
            }),
        ];
    }

    private sealed record LabelledShape(string Label, float[] Ring);
}
