using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using UNetSharp.Files;

namespace UNetSharp.Data.Layouts;

/// <summary>"CVAT for images 1.1": a file annotations.xml with polygons and runs of pixels along the rows.</summary>
internal static class Cvat
{
    private const int MaxBytes = 1 << 29;

    private static readonly XmlReaderSettings Safe =
        new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBytes };

    /// <summary>Looks for such a file in a folder; null if there is none.</summary>
    public static FoundPairs? Find(string directory)
    {
        string path = Path.Combine(directory, "annotations.xml");
        if (!File.Exists(path) || Load(path).Root is not { Name.LocalName: "annotations" } root)
        {
            return null;
        }

        try
        {
            return Read(directory, path, root);
        }
        catch (Exception e) when (e is FormatException or NullReferenceException or OverflowException)
        {
            throw new DataException(
                $"{path}: looks like a file of CVAT, but is damaged: {DataException.Sanitize(e.Message)}", e);
        }
    }

    private static FoundPairs Read(string directory, string path, XElement root)
    {
        XElement[] listed = [.. root.Elements("image")];
        ClassNames classes = new(
            path,
            [
                .. root.Descendants("label").Select(label => (string?)label.Element("name")).OfType<string>(),
                .. listed.Elements().Select(shape => (string?)shape.Attribute("label")).OfType<string>()
                    .Order(StringComparer.Ordinal),
            ]);
        ImageIndex images = new(directory);
        List<ImagePair> pairs = [];
        List<string> lost = [];
        int skipped = 0;
        foreach (XElement image in listed)
        {
            string name = Text(image, "name");
            PictureSize size = AnnotationFiles.RequireSize(path, Number(image, "height"), Number(image, "width"));
            List<Shape> shapes = [];
            foreach (XElement shape in image.Elements().OrderBy(shape => (int?)shape.Attribute("z_order") ?? 0))
            {
                if (ReadShape(shape, classes) is { } read)
                {
                    shapes.Add(read);
                }
                else
                {
                    skipped++;
                }
            }

            if (images.Find(name) is { } file)
            {
                pairs.Add(new ImagePair(Path.GetFileNameWithoutExtension(file), file, path)
                {
                    Part = SplitNames.FindPart((string?)image.Attribute("subset") ?? "") == FoundPart.Validation
                        ? DataPart.Validation
                        : DataPart.Training,
                    Annotation = new Shapes(shapes, size),
                });
            }
            else
            {
                lost.Add($"{path}[{Path.GetFileName(name)}]");
            }
        }

        return new FoundPairs(directory, path, pairs)
        {
            Classes = classes.Masks,
            MasksWithoutImage = lost,
            Notes =
            [
                "Masks are drawn from CVAT's annotations.",
                .. skipped == 0 ? Array.Empty<string>()
                    : [$"{skipped} of CVAT's shapes are points, lines or the like, which are not drawn."],
            ],
        };
    }

    private static Shape? ReadShape(XElement shape, ClassNames classes)
    {
        int index = classes.GetValue((string?)shape.Attribute("label") ?? "");
        return shape.Name.LocalName switch
        {
            "polygon" => new PolygonShape(index,
            [
                [
                    .. Text(shape, "points").Split(';', ',')
                        .Select(number => float.Parse(number, CultureInfo.InvariantCulture)),
                ],
            ]),
            "box" => new PolygonShape(index, [Box(shape)]),
            "mask" => new RunsShape(
                index,
                [.. Text(shape, "rle").Split(',').Select(run => int.Parse(run, CultureInfo.InvariantCulture))],
                new PixelBox(
                    Number(shape, "left"), Number(shape, "top"), Number(shape, "width"), Number(shape, "height")),
                IsByColumns: false),
            _ => null,
        };
    }

    private static float[] Box(XElement box)
    {
        (float left, float top, float right, float bottom) =
            (Side("xtl"), Side("ytl"), Side("xbr"), Side("ybr"));
        return [left, top, right, top, right, bottom, left, bottom];

        float Side(string name) => float.Parse(Text(box, name), CultureInfo.InvariantCulture);
    }

    private static string Text(XElement element, string attribute) => (string?)element.Attribute(attribute)
        ?? throw new FormatException($"'{element.Name.LocalName}' has no '{attribute}'.");

    private static int Number(XElement element, string attribute) =>
        int.Parse(Text(element, attribute), CultureInfo.InvariantCulture);

    private static XDocument Load(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            using XmlReader reader = XmlReader.Create(stream, Safe);
            return XDocument.Load(reader);
        }
        catch (XmlException e)
        {
            throw new DataException($"{path}: is no XML: {DataException.Sanitize(e.Message)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
