using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Where images and masks are, and what mask values mean.</summary>
internal static class DataOptions
{
    private static readonly Dictionary<string, MaskKind> Kinds =
        Enum.GetValues<MaskKind>().ToDictionary(kind => kind.ToString().ToLowerInvariant());

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder with images/ and masks/, or of one of the layouts that 'unet data' knows",
    };

    private static readonly Option<string?> Images =
        new("--images") { Description = "Folder of the images; --masks is that of their masks" };

    private static readonly Option<string[]> Masks = new("--masks")
    {
        Description = "Folder of the masks, beside --images; or what their values are, if that is not found out: "
            + "foreground (all but 0), classes (each value one) or instances (each value an object)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<int?> Ignore = new("--ignore")
    {
        Description = "Value of mask pixels of which nobody knows what they are, such as 255: they count nowhere",
    };

    private static readonly Option<bool> SkipBad = CommonOptions.SkipBad();

    /// <summary>Makes the options known to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isNamed">Whether the folder is an option, and not the command's argument.</param>
    public static void AddTo(Command command, bool isNamed = true)
    {
        if (isNamed)
        {
            command.Add(Data);
        }

        command.Add(Images);
        command.Add(Masks);
        command.Add(Ignore);
        command.Add(SkipBad);
    }

    /// <summary>Reads every file of the data set, with a progress bar.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="classes">Number of classes, or null.</param>
    /// <param name="channels">Channels that the network reads, or null for grey or colour.</param>
    public static DataReport Inspect(ParseResult parsed, int? classes = null, int? channels = null) =>
        Inspect(parsed, parsed.GetValue(Data), classes, channels);

    /// <summary>The same for a folder that is given otherwise.</summary>
    public static DataReport Inspect(ParseResult parsed, string? directory, int? classes, int? channels = null)
    {
        MaskSettings settings = ReadMasks(parsed, classes);
        DataFolder folder = Find(parsed, directory);
        return ProgressBar.Run(bar => DataSet.Inspect(
            folder,
            settings,
            SkipsBad(parsed),
            (done, count) => bar.Update((double)done / count, $"reading {done} of {count} pairs"),
            channels));
    }

    /// <summary>Finds the pairs.</summary>
    public static DataFolder Find(ParseResult parsed) => Find(parsed, parsed.GetValue(Data));

    /// <summary>What the options say of mask values.</summary>
    public static MaskSettings ReadMasks(ParseResult parsed, int? classes = null)
    {
        string[] kinds = [.. (parsed.GetValue(Masks) ?? []).Where(Kinds.ContainsKey)];
        int? ignored = parsed.GetValue(Ignore);
        return kinds.Length > 1
            ? throw new UsageException($"{Masks.Name}: {kinds[0]} or {kinds[1]}? Give one.")
            : ignored < 0 ? throw new UsageException($"{Ignore.Name} {ignored}: give a value of masks, such as 255.")
            : new MaskSettings(classes, kinds is [var kind] ? Kinds[kind] : null, ignored);
    }

    /// <summary>Whether pairs that cannot be used are left out.</summary>
    public static bool SkipsBad(ParseResult parsed) => parsed.GetValue(SkipBad);

    private static DataFolder Find(ParseResult parsed, string? directory)
    {
        string? images = parsed.GetValue(Images);
        string[] masks = [.. (parsed.GetValue(Masks) ?? []).Where(word => !Kinds.ContainsKey(word))];
        return (directory, images, masks) switch
        {
            ({ } folder, null, []) => DataFolder.Find(folder, ImageFile.CountPages),
            (null, { } folder, [var beside]) => DataFolder.Find(folder, beside, ImageFile.CountPages),
            (null, null, []) => throw new UsageException(
                "Which data? Give a folder, or --images and --masks with a folder each."),
            (_, null, [var word, ..]) => throw new UsageException(
                $"{Masks.Name} {word}: give {string.Join(", ", Kinds.Keys)}, or a folder beside {Images.Name}."),
            (null, _, _) => throw new UsageException(
                $"{Images.Name} {images}: give the folder of the masks too, one {Masks.Name} DIR."),
            _ => throw new UsageException($"{Images.Name} {images}: is another folder than {directory}; give one."),
        };
    }
}
