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
        Argument<string?> directory = new("DIR")
        {
            Description = "Folder of the data set: images/ and masks/, train/ and val/, VOC, nnU-Net, COCO, YOLO, "
                + "labelme, CVAT, Label Studio and others",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> classes = new("--classes")
        {
            Description = "Number of classes: auto, 1 for one foreground class, or K",
            DefaultValueFactory = _ => "auto",
        };
        Option<string?> sheet = new("--sheet")
        {
            Description = "Draw pairs with the outlines of their masks, suspicious ones first, to a PNG file",
        };
        Option<string?> convert = new("--convert")
        {
            Description = "Write the data set as plain pairs to a new folder: images/, masks/ of class indices as PNG, "
                + "classes.json",
        };
        Command command = new("data", "Look at a data set: pairs, sizes, what mask values mean, what is wrong.")
        {
            directory, classes, sheet, convert,
        };
        DataOptions.AddTo(command, isNamed: false);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(
            DataOptions.Inspect(
                parsed,
                parsed.GetValue(directory),
                CommonOptions.AutoOrNumber(parsed.GetRequiredValue(classes), "--classes")),
            parsed.GetValue(sheet),
            parsed.GetValue(convert),
            Console.Out)));
        return command;
    }

    private static int Execute(DataReport report, string? sheet, string? convert, TextWriter output)
    {
        foreach (string line in report.Lines())
        {
            output.WriteLine(line);
        }

        if (sheet is not null && report.Classes is not null)
        {
            Draw(report, sheet, output);
        }

        if (convert is not null)
        {
            report.ThrowIfUnusable();
            int pairs = ProgressBar.Run(bar => PlainPairs.Write(
                report,
                convert,
                (done, count) => bar.Update((double)done / count, $"{done} of {count} pairs written")));
            output.WriteLine($"{pairs} pairs written to {convert}");
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
