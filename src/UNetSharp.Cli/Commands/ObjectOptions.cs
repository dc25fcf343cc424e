using System.CommandLine;
using UNetSharp.Cli.Commands;

namespace UNetSharp.Cli.Prediction;

/// <summary>The options of prediction that are about objects.</summary>
internal static class ObjectOptions
{
    private static readonly Option<string?> Objects = new("--objects")
    {
        Description = "Also write NAME.objects.csv or .json: class, area, box, centre and more of each object",
        HelpName = $"{ObjectSettings.Csv}|{ObjectSettings.Json}",
    };

    private static readonly Option<string?> Polygons = new("--polygons")
    {
        Description = $"Also write outlines of objects: NAME.geojson, or one {ObjectFiles.CocoName} for all pictures",
        HelpName = $"{ObjectSettings.GeoJson}|{ObjectSettings.Coco}",
    };

    private static readonly Option<bool> WithContours =
        new("--contours") { Description = "Also write NAME.contours.png, outlines of objects drawn over the picture" };

    private static readonly Option<long> LeastArea = new("--min-area")
    {
        Description = "Pixels that an object has at least; smaller ones are left out of these files, not of masks",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Objects, Polygons, WithContours, LeastArea })
        {
            command.Add(option);
        }
    }

    /// <summary>What the user wants.</summary>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public static ObjectSettings Of(ParseResult parsed)
    {
        ObjectSettings settings = new(
            OneOf(parsed, Objects, ObjectSettings.Csv, ObjectSettings.Json),
            OneOf(parsed, Polygons, ObjectSettings.GeoJson, ObjectSettings.Coco),
            parsed.GetValue(WithContours),
            parsed.GetValue(LeastArea));
        if (settings.LeastArea < 1)
        {
            throw new UsageException($"{LeastArea.Name} {settings.LeastArea}: give a number of at least 1.");
        }

        return settings.IsWanted || parsed.GetResult(LeastArea) is not { Implicit: false }
            ? settings
            : throw new UsageException(
                $"{LeastArea.Name}: is for {Objects.Name}, {Polygons.Name} and {WithContours.Name}; give one of them.");
    }

    private static string? OneOf(ParseResult parsed, Option<string?> option, params string[] words) =>
        parsed.GetValue(option) is { } word ? CommonOptions.OneOf(words, word, option.Name) : null;
}
