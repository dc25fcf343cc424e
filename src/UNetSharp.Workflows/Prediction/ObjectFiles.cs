using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Workflows;

/// <summary>Writes what is wanted of the objects of pictures: tables, polygons, and outlines over the
/// picture.</summary>
internal sealed class ObjectFiles : IDisposable
{
    // Contours are drawn on the picture as a whole, in memory.
    private const long MaxPixels = 1L << 26;

    private readonly ObjectSettings _settings;
    private readonly string _folder;
    private readonly MaskClasses _masks;
    private readonly PictureReader _read;
    private readonly CocoFile? _coco;

    /// <summary>Prepares to write to a folder that is there.</summary>
    /// <param name="settings">What is written.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="masks">What classes are called.</param>
    /// <param name="read">Reads the pictures as the network does.</param>
    public ObjectFiles(ObjectSettings settings, string folder, MaskClasses masks, PictureReader read)
    {
        (_settings, _folder, _masks, _read) = (settings, folder, masks, read);
        _coco = settings.Polygons == PolygonFormat.Coco
            ? new CocoFile(Path.Combine(folder, ObjectSettings.CocoName), masks)
            : null;
    }

    /// <summary>A finder for a picture's mask.</summary>
    /// <exception cref="DataException">The picture is too large for what is wanted.</exception>
    public ObjectFinder CreateFinder(InputPicture picture, PictureSize size) =>
        _settings.HasContours && (long)size.Height * size.Width > MaxPixels
            ? throw new DataException($"{picture.Text}: contours are drawn on pictures of at most {MaxPixels} pixels, "
                + $"and this one is {size}; draw none.")
            {
                Settings = [nameof(ObjectSettings.HasContours)],
            }
            : new ObjectFinder(size.Width, _settings.MinArea, _settings.HasOutlines);

    /// <summary>Writes the objects of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="size">Its size.</param>
    /// <param name="objects">What the finder has found.</param>
    /// <exception cref="DataException">The picture cannot be read again, or a file not be written.</exception>
    public void Write(InputPicture picture, PictureSize size, IReadOnlyList<MaskObject> objects)
    {
        string place = Path.Combine(_folder, picture.Name);
        if (_settings.Table == ObjectTableFormat.Csv)
        {
            ObjectTable.WriteCsv(place + ".objects.csv", objects, _masks);
        }
        else if (_settings.Table == ObjectTableFormat.Json)
        {
            ObjectTable.WriteJson(place + ".objects.json", picture.ShortText, size, objects, _masks);
        }

        if (_settings.Polygons == PolygonFormat.GeoJson)
        {
            GeoJson.Write(place + ".geojson", objects, _masks);
        }

        _coco?.Add(picture.ShortText, size, objects);
        if (_settings.HasContours)
        {
            byte[] drawn = Contours.Draw(_read(picture.Path, picture.Page ?? 0), objects);
            ImageFile.WriteColor(place + ".contours.png", drawn, size.Width, size.Height);
        }
    }

    /// <summary>Puts the file of all pictures in its place.</summary>
    public void Complete() => _coco?.Complete();

    /// <inheritdoc/>
    public void Dispose() => _coco?.Dispose();
}
