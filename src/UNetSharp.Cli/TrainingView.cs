using System.Globalization;
using UNetSharp.Training;
using UNetSharp.Workflows;

namespace UNetSharp.Cli;

/// <summary>Trains where people watch: progress, and an end on Ctrl-C from which training can go on.</summary>
internal static class TrainingView
{
    private const int BytesOfMegabyte = 1 << 20;

    /// <summary>What a run's report says about what to do with it.</summary>
    public static string NextSteps(string folder)
    {
        string run = folder.Contains(' ', StringComparison.Ordinal) ? $"'{folder}'" : folder;
        return $"""
            ./unet predict --weights {run} --input PICTURES --out MASKS --overlay
            ./unet evaluate --weights {run} --data DIR --html evaluation.html
            tensorboard --logdir {run}
            """;
    }

    /// <summary>Trains and says how it went.</summary>
    /// <param name="run">The run.</param>
    /// <param name="asJson">Whether every step and epoch is a line of JSON on standard output.</param>
    public static TrainingResult Show(TrainingRun run, bool asJson = false)
    {
        using StopSignals stop = new();
        TrainingResult result = ProgressBar.Run(bar => run.Train(
            progress =>
            {
                Show(bar, progress);
                if (asJson)
                {
                    Console.WriteLine(TrainingEvents.FormatProgress(progress));
                }
            },
            stop.Token));
        Console.WriteLine(asJson
            ? TrainingEvents.FormatEnd(result.IsDone, result.BestDice)
            : Summary(result, run.Folder));
        if (!result.IsDone)
        {
            Console.Error.WriteLine("stopped; the same command with --resume goes on from here");
        }

        return result;
    }

    private static string Summary(TrainingResult result, string folder)
    {
        string best = result.BestLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $"lowest training loss {loss:f4}; ")
            : result.BestDice is { } dice
            ? string.Create(CultureInfo.InvariantCulture, $"best validation dice {dice:f4}; ")
            : "";
        return $"{best}weights in {folder}, report in {result.ReportPath}";
    }

    private static string FormatTimeLeft(TimeSpan time) =>
        (time.Days > 0 ? $"{time.Days} d " : "") + time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    private static void Show(ProgressBar bar, TrainingProgress progress)
    {
        double share = (progress.Epoch - 1 + ((double)progress.Step / progress.Steps)) / progress.Epochs;
        string dice = progress.ValidationDice is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"  val dice {value:f4}")
            : "";
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {progress.Epoch}/{progress.Epochs}  loss {progress.Loss:f4}{dice}  ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.ImagesPerSecond:f1} images/s ({progress.WaitShare:p0} waiting)  ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.WorkingSet / BytesOfMegabyte} MB  left {FormatTimeLeft(progress.TimeLeft)}");
        bar.Update(share, text);
        if (progress.Warning is { } warning)
        {
            bar.WriteLine($"warning: {warning}");
        }

        if (progress.IsEpochDone)
        {
            bar.WritePlainLine(text);
        }
    }
}
