using System.Globalization;
using System.Text;
using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Inference.Objects;

/// <summary>The objects of a picture as a table, a line each: what <see cref="MaskObject"/> says of them.</summary>
public static class ObjectTable
{
    private const string Columns =
        "id,class,name,area,left,top,width,height,center_x,center_y,perimeter,probability,touches_border";

    /// <summary>Writes a CSV file; whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="masks">Names of classes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteCsv(string path, IReadOnlyList<MaskObject> objects, MaskClasses masks) =>
        AtomicFile.Write(path, stream =>
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            writer.WriteLine(Columns);
            foreach (MaskObject found in objects)
            {
                PixelBox box = found.Box;
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found.Id},{found.Class},{Quote(masks.GetName(found.Class))},{found.Area},{box.Left},{box.Top},"
                    + $"{box.Width},{box.Height},{found.CenterX:0.###},{found.CenterY:0.###},{found.Perimeter:0.###},"
                    + $"{found.Probability:0.####},{(found.TouchesBorder ? 1 : 0)}"));
            }
        });

    /// <summary>Writes a JSON file; whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">Name of the picture's file.</param>
    /// <param name="size">Size of the picture.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="masks">Names of classes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteJson(
        string path, string image, PictureSize size, IReadOnlyList<MaskObject> objects, MaskClasses masks) =>
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("image", image);
            json.WriteNumber("width", size.Width);
            json.WriteNumber("height", size.Height);
            json.WriteStartArray("objects");
            foreach (MaskObject found in objects)
            {
                json.WriteStartObject();
                json.WriteNumber("id", found.Id);
                WriteProperties(json, found, masks);
                json.WriteEndObject();
                json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>What is known of an object but its number and its outline.</summary>
    internal static void WriteProperties(Utf8JsonWriter json, MaskObject found, MaskClasses masks)
    {
        json.WriteNumber("class", found.Class);
        json.WriteString("name", masks.GetName(found.Class));
        json.WriteNumber("area", found.Area);
        WriteNumbers(json, "box", found.Box.Left, found.Box.Top, found.Box.Width, found.Box.Height);
        WriteNumbers(json, "center", Math.Round(found.CenterX, 3), Math.Round(found.CenterY, 3));
        json.WriteNumber("perimeter", Math.Round(found.Perimeter, 3));
        if (found.Probability is { } probability)
        {
            json.WriteNumber("probability", Math.Round(probability, 4));
        }

        json.WriteBoolean("touches_border", found.TouchesBorder);
    }

    /// <summary>An array of numbers.</summary>
    internal static void WriteNumbers(Utf8JsonWriter json, string name, params ReadOnlySpan<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>A name as it stands in a table (RFC 4180).</summary>
    private static string Quote(string name) =>
        name.AsSpan().ContainsAny(',', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
