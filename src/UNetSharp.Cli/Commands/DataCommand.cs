using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Looks at a data set as training would.</summary>
internal static class DataCommand
{
    private const int MaxOfSheet = 24;

    public static Command Build()
    {
        Argument<string> directory = new("DIR") { Description = "Folder with images/ and masks/ or the like" };
        Option<string> classes = new("--classes")
        {
            Description = "Number of classes: auto, 1 for one foreground class, or K",
            DefaultValueFactory = _ => "auto",
        };
        Option<string?> sheet = new("--sheet")
        {
            Description = "Draw pairs with the outlines of their masks, suspicious ones first, to a PNG file",
        };
        Option<bool> skipBad = CommonOptions.SkipBad();
        Command command = new("data", "Look at a data set: pairs, sizes, what mask values mean, what is wrong.")
        {
            directory, classes, skipBad, sheet,
        };
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(
            parsed.GetRequiredValue(directory),
            CommonOptions.AutoOrNumber(parsed.GetRequiredValue(classes), "--classes"),
            parsed.GetValue(skipBad),
            parsed.GetValue(sheet),
            Console.Out)));
        return command;
    }

    /// <summary>Reads every file of a data set, with a progress bar.</summary>
    public static DataReport Inspect(string directory, int? classes, bool skipsBad = false) =>
        ProgressBar.Run(bar => DataSet.Inspect(
            directory,
            classes,
            skipsBad,
            (done, count) => bar.Update((double)done / count, $"reading {done} of {count} pairs")));

    private static int Execute(string directory, int? classes, bool skipsBad, string? sheet, TextWriter output)
    {
        DataReport report = Inspect(directory, classes, skipsBad);
        foreach (string line in report.Lines())
        {
            output.WriteLine(line);
        }

        if (sheet is not null && report.Classes is not null)
        {
            Draw(report, sheet, output);
        }

        return report.Errors.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Draws suspicious pairs, and then some from the whole set, and says where they stand.</summary>
    private static void Draw(DataReport report, string path, TextWriter output)
    {
        IReadOnlyList<ImagePair> readable = [.. report.PairInfos.Select(fact => fact.Pair)];
        ImagePair[] suspicious = [.. report.Suspicious.Select(found => found.Pair).Take(MaxOfSheet)];
        ImagePair[] pairs =
        [
            .. suspicious,
            .. EvenSelection.Choose([.. readable.Except(suspicious)], MaxOfSheet - suspicious.Length),
        ];
        SampleReader reader = new(ImageFile.Read, report.Classes!, report.Channels, size: null, report.Brightness);
        (byte[] pixels, PictureSize size) = PairSheet.Draw([.. pairs.Select(reader.Read)]);
        ImageFile.WriteColor(path, pixels, size.Width, size.Height);
        output.WriteLine($"pictures in {path}, in rows:");
        foreach (ImagePair[] row in pairs.Chunk(PairSheet.Columns))
        {
            output.WriteLine($"  {string.Join("  ", row.Select(pair => pair.Name))}");
        }
    }
}
