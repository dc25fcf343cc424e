using System.CommandLine;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>The options of prediction that are about objects.</summary>
internal static class ObjectOptions
{
    private static readonly Dictionary<string, ObjectTableFormat> Tables =
        new() { ["csv"] = ObjectTableFormat.Csv, ["json"] = ObjectTableFormat.Json };

    private static readonly Dictionary<string, PolygonFormat> Outlines =
        new() { ["geojson"] = PolygonFormat.GeoJson, ["coco"] = PolygonFormat.Coco };

    private static readonly Option<string?> Objects = new("--objects")
    {
        Description = "Also write NAME.objects.csv or .json: class, area, box, centre and more of each object",
        HelpName = string.Join('|', Tables.Keys),
    };

    private static readonly Option<string?> Polygons = new("--polygons")
    {
        Description =
            $"Also write outlines of objects: NAME.geojson, or one {ObjectSettings.CocoName} for all pictures",
        HelpName = string.Join('|', Outlines.Keys),
    };

    private static readonly Option<bool> WithContours =
        new("--contours") { Description = "Also write NAME.contours.png, outlines of objects drawn over the picture" };

    private static readonly Option<long> MinArea = new("--min-area")
    {
        Description = "Pixels that an object has at least; smaller ones are left out of these files, not of masks",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Objects, Polygons, WithContours, MinArea })
        {
            command.Add(option);
        }
    }

    /// <summary>What the user wants.</summary>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public static ObjectSettings Read(ParseResult parsed)
    {
        string? table = parsed.GetValue(Objects);
        string? outlines = parsed.GetValue(Polygons);
        bool hasContours = parsed.GetValue(WithContours);
        if (table is null && outlines is null && !hasContours && parsed.GetResult(MinArea) is { Implicit: false })
        {
            throw new UsageException(
                $"{MinArea.Name}: is for {Objects.Name}, {Polygons.Name} and {WithContours.Name}; give one of them.");
        }

        return new ObjectSettings(
            table is null ? null : Tables[CommonOptions.RequireOneOf(Tables.Keys, table, Objects.Name)],
            outlines is null ? null : Outlines[CommonOptions.RequireOneOf(Outlines.Keys, outlines, Polygons.Name)],
            hasContours,
            parsed.GetValue(MinArea));
    }
}
