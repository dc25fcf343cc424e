using System.CommandLine;
using UNetSharp.Cli.Commands;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Cli;

/// <summary>
/// What prediction can tell of the objects in each mask: tables, polygons, and outlines over the picture.
/// </summary>
internal sealed class ObjectOutputs : IDisposable
{
    private const string Csv = "csv";
    private const string Json = "json";
    private const string GeoJsonForm = "geojson";
    private const string CocoForm = "coco";
    private const string CocoName = "annotations.coco.json";

    private static readonly Option<string?> Objects = new("--objects")
    {
        Description = "Also write NAME.objects.csv or .json: class, area, box, centre and more of each object",
        HelpName = $"{Csv}|{Json}",
    };

    private static readonly Option<string?> Polygons = new("--polygons")
    {
        Description = $"Also write outlines of objects: NAME.geojson, or one {CocoName} for all pictures",
        HelpName = $"{GeoJsonForm}|{CocoForm}",
    };

    private static readonly Option<bool> WithContours =
        new("--contours") { Description = "Also write NAME.contours.png, outlines of objects drawn over the picture" };

    private static readonly Option<long> LeastArea = new("--min-area")
    {
        Description = "Pixels that an object has at least; smaller ones are left out of these files, not of masks",
        DefaultValueFactory = _ => 1,
    };

    private readonly string _folder;
    private readonly MaskClasses _masks;
    private readonly string? _table;
    private readonly bool _isGeoJson;
    private readonly CocoFile? _coco;
    private readonly bool _withContours;
    private readonly long _leastArea;

    private ObjectOutputs(ParseResult parsed, string folder, MaskClasses masks)
    {
        (_folder, _masks) = (folder, masks);
        _table = OneOf(parsed, Objects, Csv, Json);
        string? polygons = OneOf(parsed, Polygons, GeoJsonForm, CocoForm);
        _isGeoJson = polygons == GeoJsonForm;
        _withContours = parsed.GetValue(WithContours);
        _leastArea = parsed.GetValue(LeastArea);
        if (_leastArea < 1)
        {
            throw new UsageException($"{LeastArea.Name} {_leastArea}: give a number of at least 1.");
        }

        if (!IsWanted && polygons is null && parsed.GetResult(LeastArea) is { Implicit: false })
        {
            throw new UsageException(
                $"{LeastArea.Name}: is for {Objects.Name}, {Polygons.Name} and {WithContours.Name}; give one of them.");
        }

        _coco = polygons == CocoForm ? new CocoFile(Path.Combine(folder, CocoName), masks) : null;
    }

    private bool IsWanted => _table is not null || _isGeoJson || _withContours || _coco is not null;

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Objects, Polygons, WithContours, LeastArea })
        {
            command.Add(option);
        }
    }

    /// <summary>What the user wants, to be written to a folder that is there.</summary>
    public static ObjectOutputs Of(ParseResult parsed, string folder, MaskClasses masks) => new(parsed, folder, masks);

    /// <summary>A finder for a mask whose rows come one after another; null if nobody wants its objects.</summary>
    public ObjectFinder? Finder(int width) =>
        IsWanted ? new ObjectFinder(width, _leastArea, _isGeoJson || _withContours || _coco is not null) : null;

    /// <summary>Finds and writes the objects of a picture.</summary>
    /// <exception cref="DataException">The picture cannot be read again, or a file not be written.</exception>
    public void Write(string file, Segmentation result, ReadOnlySpan<byte> classes)
    {
        if (Finder(result.Size.Width) is not { } finder)
        {
            return;
        }

        float[] probabilities = new float[result.Size.Width];
        for (int row = 0; row < result.Size.Height; row++)
        {
            ReadOnlySpan<byte> line = classes.Slice(row * result.Size.Width, result.Size.Width);
            for (int column = 0; column < line.Length; column++)
            {
                int pixel = ((row * line.Length) + column) * result.Channels;
                probabilities[column] = result.Probabilities[pixel + (result.Channels == 1 ? 0 : line[column])];
            }

            finder.AddRow(line, probabilities);
        }

        Write(file, result.Size, finder.Finish());
    }

    /// <summary>Writes the objects of a picture.</summary>
    /// <param name="file">The picture.</param>
    /// <param name="size">Its size.</param>
    /// <param name="objects">What the finder has found.</param>
    /// <exception cref="DataException">The picture cannot be read again, or a file not be written.</exception>
    public void Write(string file, PictureSize size, IReadOnlyList<MaskObject> objects)
    {
        string image = Path.GetFileName(file);
        string place = Path.Combine(_folder, Path.GetFileNameWithoutExtension(file));
        if (_table == Csv)
        {
            ObjectTable.WriteCsv(place + ".objects.csv", objects, _masks);
        }
        else if (_table == Json)
        {
            ObjectTable.WriteJson(place + ".objects.json", image, size, objects, _masks);
        }

        if (_isGeoJson)
        {
            GeoJson.Write(place + ".geojson", objects, _masks);
        }

        _coco?.Add(image, size, objects);
        if (_withContours)
        {
            byte[] drawn = Contours.Draw(ImageFile.Read(file), objects);
            ImageFile.WriteColor(place + ".contours.png", drawn, size.Width, size.Height);
        }
    }

    /// <summary>Puts the file of all pictures in its place.</summary>
    public void Complete() => _coco?.Complete();

    /// <inheritdoc/>
    public void Dispose() => _coco?.Dispose();

    private static string? OneOf(ParseResult parsed, Option<string?> option, params string[] words) =>
        parsed.GetValue(option) is { } word ? CommonOptions.OneOf(words, word, option.Name) : null;
}
