using System.Text.Json;

namespace UNetSharp.Data.Layouts;

/// <summary>Label Studio's export in JSON: a list of tasks with polygons, in percent of the image.</summary>
internal static class LabelStudio
{
    private const long MaxBytes = 1L << 29;
    private const int UploadMark = 9; // eight letters and a dash before the names of uploaded files

    /// <summary>Looks for such a file in a folder; null if there is none.</summary>
    public static FoundPairs? Find(string directory)
    {
        foreach (string path in AnnotationFiles.ListJson(directory))
        {
            using JsonDocument json = JsonFile.Read(path, MaxBytes);
            if (json.RootElement is { ValueKind: JsonValueKind.Array } tasks && tasks.GetArrayLength() > 0
                && JsonFile.Find(tasks[0], "annotations") is { ValueKind: JsonValueKind.Array }
                && JsonFile.Find(tasks[0], "data") is { ValueKind: JsonValueKind.Object })
            {
                return JsonFile.Parse(path, json, "an export of Label Studio", root => Read(directory, path, root));
            }
        }

        return null;
    }

    private static FoundPairs Read(string directory, string path, JsonElement tasks)
    {
        ImageIndex images = new(directory);
        List<(string Image, List<(string Label, float[] Ring)> Shapes)> found = [];
        List<string> lost = [];
        int skipped = 0;
        foreach (JsonElement task in tasks.EnumerateArray())
        {
            string name = ImageName(task);
            List<(string Label, float[] Ring)> shapes = [];
            foreach (JsonElement result in task.GetProperty("annotations").EnumerateArray().Take(1)
                .SelectMany(annotation => annotation.GetProperty("result").EnumerateArray()))
            {
                string type = JsonFile.Find(result, "type")?.GetString() ?? "";
                if (type == "brushlabels")
                {
                    throw new DataException($"{path}: holds brush strokes of Label Studio, which are not read. Export "
                        + "them as \"Brush labels to PNG\", or as COCO.");
                }

                if (type == "polygonlabels")
                {
                    JsonElement value = result.GetProperty("value");
                    shapes.Add((
                        value.GetProperty(type)[0].GetString()!,
                        [
                            .. value.GetProperty("points").EnumerateArray()
                                .SelectMany(point => new[] { point[0].GetSingle() / 100, point[1].GetSingle() / 100 }),
                        ]));
                }
                else
                {
                    skipped++;
                }
            }

            string? file = images.Find(name)
                ?? (name.Length > UploadMark && name[UploadMark - 1] == '-' ? images.Find(name[UploadMark..]) : null);
            if (file is null)
            {
                lost.Add($"{path}[{name}]");
            }
            else
            {
                found.Add((file, shapes));
            }
        }

        ClassNames classes = new(
            path, found.SelectMany(image => image.Shapes).Select(shape => shape.Label).Order(StringComparer.Ordinal));
        return new FoundPairs(
            directory,
            path,
            [
                .. found.Select(image => new ImagePair(
                    Path.GetFileNameWithoutExtension(image.Image), image.Image, path)
                {
                    Annotation = new Shapes(
                        [
                            .. image.Shapes.Select(shape =>
                                new PolygonShape(classes.GetValue(shape.Label), [shape.Ring])),
                        ],
                        size: null),
                }),
            ])
        {
            Classes = classes.Masks,
            MasksWithoutImage = lost,
            Notes =
            [
                "Masks are drawn from Label Studio's polygons.",
                .. skipped == 0 ? Array.Empty<string>()
                    : [$"{skipped} of Label Studio's results are no polygons and are not drawn."],
            ],
        };
    }

    /// <summary>The name of a task's image, without folders.</summary>
    private static string ImageName(JsonElement task)
    {
        string address = JsonFile.Find(task, "file_upload")?.GetString()
            ?? task.GetProperty("data").EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String)
                .Select(entry => entry.Value.GetString()!).FirstOrDefault(DataFolder.IsImageName)
            ?? "";
        return address.Split('/', '\\', '=')[^1];
    }
}
