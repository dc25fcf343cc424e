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
        Command command = new("data", "Look at a data set: pairs, sizes, what mask values mean, what is wrong.")
        {
            directory, classes,
        };
        command.SetAction(parsed => Guard.Run(() => Run(
            parsed.GetRequiredValue(directory),
            CommonOptions.AutoOrNumber(parsed.GetRequiredValue(classes), "--classes"),
            Console.Out)));
        return command;
    }

    /// <summary>Reads every file of a data set, with a progress bar.</summary>
    public static DataReport Inspect(string directory, int? classes)
    {
        DataFolder folder = DataFolder.Find(directory);
        return ProgressBar.Run(bar => DataReport.Of(
            folder,
            ImageFile.Read,
            classes,
            Environment.ProcessorCount,
            (done, count) => bar.Update((double)done / count, $"reading {done} of {count} pairs")));
    }

    private static int Run(string directory, int? classes, TextWriter output)
    {
        DataReport report = Inspect(directory, classes);
        foreach (string line in report.Lines())
        {
            output.WriteLine(line);
        }

        return report.Errors.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
