using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Inference.Objects;

/// <summary>
/// Objects of many pictures as annotations of COCO (Lin et al. 2014, https://cocodataset.org/#format-data): images,
/// categories, and annotations with area, bounding box and segmentation, as training programs and annotation tools read
/// them. The segmentation of an object is a list of polygons; COCO's polygons know no holes, so an object with holes is
/// an uncompressed run-length code: lengths of pixels in turn outside and inside, down the columns. Annotations are
/// written as pictures come, so that a folder of any size does.
/// </summary>
public sealed class CocoFile : IDisposable
{
    private readonly MaskClasses _masks;
    private readonly UnfinishedFile _file;
    private readonly Utf8JsonWriter _json;
    private readonly List<(string Name, PictureSize Size)> _images = [];
    private long _annotations;
    private bool _isDisposed;

    /// <summary>Begins a file; it is there when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="masks">Names of classes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public CocoFile(string path, MaskClasses masks)
    {
        _masks = masks;
        _file = new UnfinishedFile(path);
        _json = new Utf8JsonWriter(_file.Stream);
        _json.WriteStartObject();
        _json.WriteStartArray("annotations");
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="image">Name of its file.</param>
    /// <param name="size">Its size.</param>
    /// <param name="objects">Its objects, with their runs.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(string image, PictureSize size, IReadOnlyList<MaskObject> objects)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _images.Add((image, size));
        foreach (MaskObject found in objects)
        {
            PixelBox box = found.Box;
            _json.WriteStartObject();
            _json.WriteNumber("id", ++_annotations);
            _json.WriteNumber("image_id", _images.Count);
            _json.WriteNumber("category_id", found.Class);
            _json.WriteNumber("area", found.Area);
            ObjectTable.WriteNumbers(_json, "bbox", box.Left, box.Top, box.Width, box.Height);
            _json.WriteNumber("iscrowd", 0);
            WriteSegmentation(found.Polygons(), size);
            if (found.Probability is { } probability)
            {
                _json.WriteNumber("score", Math.Round(probability, 4));
            }

            _json.WriteEndObject();
            _json.Flush();
        }
    }

    /// <summary>Writes what is left and puts the file in its place.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _json.WriteEndArray();
        _json.WriteStartArray("images");
        for (int i = 0; i < _images.Count; i++)
        {
            _json.WriteStartObject();
            _json.WriteNumber("id", i + 1);
            _json.WriteString("file_name", _images[i].Name);
            _json.WriteNumber("width", _images[i].Size.Width);
            _json.WriteNumber("height", _images[i].Size.Height);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("categories");
        for (int k = 1; k < _masks.ClassCount; k++)
        {
            _json.WriteStartObject();
            _json.WriteNumber("id", k);
            _json.WriteString("name", _masks.GetName(k));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Dispose();
        _file.Complete();
    }

    /// <summary>Closes the file; an incomplete one is removed.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _json.Dispose();
        _file.Dispose();
    }

    private void WriteSegmentation(IReadOnlyList<ObjectPolygon> polygons, PictureSize size)
    {
        if (polygons.Any(polygon => polygon.Holes.Count > 0))
        {
            _json.WriteStartObject("segmentation");
            ObjectTable.WriteNumbers(_json, "size", size.Height, size.Width);
            _json.WriteStartArray("counts");
            foreach (long count in RunLengthEncoding.Encode(polygons, size))
            {
                _json.WriteNumberValue(count);
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
            return;
        }

        _json.WriteStartArray("segmentation");
        foreach (ObjectPolygon polygon in polygons)
        {
            _json.WriteStartArray();
            foreach (PixelCorner corner in polygon.Exterior)
            {
                _json.WriteNumberValue(corner.X);
                _json.WriteNumberValue(corner.Y);
            }

            _json.WriteEndArray();
        }

        _json.WriteEndArray();
    }
}
