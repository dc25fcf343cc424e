using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Inference.Objects;

/// <summary>
/// Objects of a picture as GeoJSON (RFC 7946), as QGIS, QuPath and Shapely read it: a FeatureCollection with a Polygon
/// for each object, or a MultiPolygon where its parts touch at corners alone. Coordinates are pixels from the picture's
/// upper left corner, y down.
/// </summary>
public static class GeoJson
{
    /// <summary>Writes a file; whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="objects">The objects, with their runs.</param>
    /// <param name="masks">Names of classes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<MaskObject> objects, MaskClasses masks) =>
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream);
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            foreach (MaskObject found in objects)
            {
                WriteFeature(json, found, masks);
                json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void WriteFeature(Utf8JsonWriter json, MaskObject found, MaskClasses masks)
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteNumber("id", found.Id);
        json.WriteStartObject("properties");
        ObjectTable.WriteProperties(json, found, masks);
        json.WriteEndObject();
        json.WriteStartObject("geometry");
        IReadOnlyList<ObjectPolygon> polygons = found.Polygons();
        json.WriteString("type", polygons.Count == 1 ? "Polygon" : "MultiPolygon");
        json.WritePropertyName("coordinates");
        if (polygons.Count == 1)
        {
            WritePolygon(json, polygons[0]);
        }
        else
        {
            json.WriteStartArray();
            foreach (ObjectPolygon polygon in polygons)
            {
                WritePolygon(json, polygon);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePolygon(Utf8JsonWriter json, ObjectPolygon polygon)
    {
        json.WriteStartArray();
        foreach (IReadOnlyList<PixelCorner> ring in polygon.Rings)
        {
            json.WriteStartArray();
            foreach (PixelCorner corner in ring.Append(ring[0]))
            {
                json.WriteStartArray();
                json.WriteNumberValue(corner.X);
                json.WriteNumberValue(corner.Y);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
