using System.CommandLine;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Cli.Commands;

/// <summary>Looks at a data set as training would.</summary>
internal static class DataCommand
{
    public static Command Build()
    {
        Argument<string> directory = new("DIR") { Description = "Folder with images/ and masks/ or the like" };
        Option<string> classes = new("--classes")
        {
            Description = "Number of classes: auto, 1 for one foreground class, or K",
            DefaultValueFactory = _ => "auto",
        };
        Option<bool> skipBad = CommonOptions.SkipBad();
        Command command = new("data", "Look at a data set: pairs, sizes, what mask values mean, what is wrong.")
        {
            directory, classes, skipBad,
        };
        command.SetAction(parsed => Guard.Run(() => Run(
            parsed.GetRequiredValue(directory),
            CommonOptions.AutoOrNumber(parsed.GetRequiredValue(classes), "--classes"),
            parsed.GetValue(skipBad),
            Console.Out)));
        return command;
    }

    /// <summary>Reads every file of a data set, with a progress bar.</summary>
    public static DataReport Inspect(string directory, int? classes, bool skipsBad = false)
    {
        DataFolder folder = DataFolder.Find(directory, ImageFile.CountPages);
        DataReport report = ProgressBar.Run(bar => DataReport.Of(
            folder,
            ImageFile.Read,
            classes,
            Environment.ProcessorCount,
            (done, count) => bar.Update((double)done / count, $"reading {done} of {count} pairs")));
        return skipsBad ? report.WithoutBadPairs() : report;
    }

    private static int Run(string directory, int? classes, bool skipsBad, TextWriter output)
    {
        DataReport report = Inspect(directory, classes, skipsBad);
        foreach (string line in report.Lines())
        {
            output.WriteLine(line);
        }

        return report.Errors.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
