using System.Globalization;

namespace UNetSharp.Data.Layouts;

/// <summary>
/// The format of YOLO's segmentation (https://docs.ultralytics.com/datasets/segment): for each image a text file in
/// labels/ with an object a line, its class from 0 and the corners of its outline as fractions of the image.
/// </summary>
internal static class Yolo
{
    private const int MaxBytes = 1 << 26;
    private const int BoxNumbers = 4;

    private static readonly string[] NameFiles = ["data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names"];

    /// <summary>Looks for such files in a folder; null if there are none.</summary>
    public static FoundPairs? Find(string directory)
    {
        string? labels = DataFolder.FindSubfolder(directory, "labels");
        string? images = DataFolder.FindSubfolder(directory, "images");
        (string labelRoot, string imageRoot) = (labels ?? directory, images ?? directory);
        List<(string Image, string Label, DataPart Part)> files = [];
        List<string> notes = ["Masks are drawn from the outlines of YOLO's text files."];
        foreach (string image in DataFolder.ImageFiles(imageRoot, depth: 2))
        {
            string relative = Path.GetRelativePath(imageRoot, image);
            string label = Path.Combine(labelRoot, Path.ChangeExtension(relative, ".txt"));
            FoundPart part = SplitNames.FindPart(Path.GetDirectoryName(relative) ?? "");
            if (part == FoundPart.Test)
            {
                continue;
            }

            files.Add((image, label, part == FoundPart.Validation ? DataPart.Validation : DataPart.Training));
        }

        if (!files.Any(file => File.Exists(file.Label)) || files.All(file => IsNoLabel(file.Label)))
        {
            return null;
        }

        List<(int Class, float[] Ring)>[] shapes = [.. files.Select(file => Read(file.Label))];
        int boxes = shapes.Sum(list => list.Count(shape => shape.Ring.Length == BoxNumbers));
        if (boxes > 0)
        {
            notes.Add($"{boxes} of YOLO's lines are boxes without an outline, which are not drawn.");
        }

        int count = shapes.SelectMany(list => list).Select(shape => shape.Class + 1).DefaultIfEmpty(0).Max();
        string[] names = ReadNames(directory);
        ClassNames classes = new(
            labelRoot, [.. names, .. Enumerable.Range(names.Length, Math.Max(0, count - names.Length)).Select(Name)]);
        return new FoundPairs(
            imageRoot,
            labelRoot,
            [
                .. files.Select((file, i) => new ImagePair(
                    Path.GetFileNameWithoutExtension(file.Image), file.Image, file.Label)
                {
                    Part = file.Part,
                    Annotation = new Shapes(
                        [
                            .. shapes[i].Where(shape => shape.Ring.Length > BoxNumbers)
                                .Select(shape => new PolygonShape(
                                    classes.GetValue(
                                        shape.Class < names.Length ? names[shape.Class] : Name(shape.Class)),
                                    [shape.Ring])),
                        ],
                        size: null),
                }),
            ])
        {
            Classes = classes.Masks,
            Notes = notes,
        };
    }

    private static string Name(int index) => $"class {index}";

    /// <summary>Whether a text is no list of objects, such as a readme beside an image.</summary>
    private static bool IsNoLabel(string path) => !File.Exists(path)
        || ReadLines(path).Take(1).Any(line => Numbers(line) is not { Length: > BoxNumbers });

    private static float[]? Numbers(string line)
    {
        List<float> numbers = [];
        foreach (string part in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
                || !float.IsFinite(number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static List<(int Class, float[] Ring)> Read(string path)
    {
        List<(int Class, float[] Ring)> shapes = [];
        if (!File.Exists(path))
        {
            return shapes; // an image without a file holds no object
        }

        int row = 0;
        foreach (string line in ReadLines(path))
        {
            row++;
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (Numbers(line) is not { Length: > BoxNumbers } numbers || numbers.Length % 2 == 0
                || numbers[0] is < 0 or >= MaskClasses.MaxClasses || numbers[0] != MathF.Floor(numbers[0]))
            {
                throw new DataException(
                    $"{path}: line {row} is no object of YOLO: a class from 0 and x and y of every corner, 0 to 1.");
            }

            shapes.Add(((int)numbers[0], numbers[1..]));
        }

        return shapes;
    }

    /// <summary>Names of the classes: a list in YAML, of its three ways to write one, or a name a line.</summary>
    private static string[] ReadNames(string directory)
    {
        string? file = NameFiles.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (file is null)
        {
            return [];
        }

        string[] lines = ReadLines(file);
        if (Path.GetExtension(file) is ".txt" or ".names")
        {
            return [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];
        }

        int start = Array.FindIndex(lines, line => line.StartsWith("names:", StringComparison.Ordinal));
        if (start < 0)
        {
            return [];
        }

        string inline = lines[start]["names:".Length..].Trim();
        return inline.Length > 0
            ? [.. inline.Trim('[', ']', '{', '}').Split(',').Select(Clean)]
            :
            [
                .. lines.Skip(start + 1)
                    .TakeWhile(line => line.StartsWith(' ') || line.StartsWith('-') || line.StartsWith('\t'))
                    .Select(line => Clean(line.Trim().TrimStart('-'))),
            ];
    }

    private static string Clean(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return text[(colon + 1)..].Trim().Trim('\'', '"');
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return new FileInfo(path).Length switch
            {
                0 => [], // no object; or a pipe, which would never end
                <= MaxBytes => File.ReadAllLines(path),
                _ => throw new DataException($"{path}: is longer than the {MaxBytes >> 20} MiB that are read of it."),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
