using System.Globalization;
using System.Runtime.InteropServices;
using UNetSharp.Cli.Reports;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Training;

namespace UNetSharp.Cli;

/// <summary>Trains where people watch: progress, and an end on Ctrl-C from which training can go on.</summary>
internal static class TrainingSession
{
    private const int BytesOfMegabyte = 1 << 20;

    /// <summary>Trains and says how it went.</summary>
    public static int Run(
        TrainingSettings settings,
        DataReport report,
        string runPath,
        bool isResumed = false,
        SampleCache? cache = null,
        bool asJson = false) => Run(settings, report, runPath, isResumed, cache, asJson, out _);

    /// <summary>Trains and says how it went.</summary>
    public static int Run(
        TrainingSettings settings,
        DataReport report,
        string runPath,
        bool isResumed,
        SampleCache? cache,
        bool asJson,
        out double? bestDice)
    {
        RunFolder run = new(runPath, isResumed);
        Trainer trainer = new(settings, report, ImageFile.Read, run, cache);
        using RunRecorder recorder = new(runPath, settings, report.Classes!);
        using CancellationTokenSource cancellation = new();
        using PosixSignalRegistration onInterrupt = CancelOn(PosixSignal.SIGINT, cancellation);
        using PosixSignalRegistration onTerminate = CancelOn(PosixSignal.SIGTERM, cancellation);
        bool isDone;
        try
        {
            isDone = ProgressBar.Run(bar => trainer.Run(
                progress =>
                {
                    recorder.Add(progress);
                    Show(bar, progress);
                    if (asJson)
                    {
                        Console.WriteLine(TrainingEvents.Line(progress));
                    }
                },
                cancellation.Token));
        }
        catch (TrainingException e)
        {
            recorder.Finish($"training ended early: {e.Message}");
            throw;
        }

        recorder.Finish(isDone ? "training is done" : "training was stopped and can go on");
        Console.WriteLine(asJson ? TrainingEvents.End(isDone, trainer.BestDice) : Summary(trainer.BestDice, runPath));
        if (!isDone)
        {
            Console.Error.WriteLine("stopped; the same command with --resume goes on from here");
        }

        bestDice = trainer.BestDice;
        return isDone ? ExitCode.Done : ExitCode.Interrupted;
    }

    private static string Summary(double? bestDice, string runPath)
    {
        string dice = bestDice is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"best validation dice {value:f4}; ")
            : "";
        return $"{dice}weights in {runPath}, report in {Path.Combine(runPath, RunRecorder.PageName)}";
    }

    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource cancellation) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            cancellation.Cancel();
        });

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
                $"{Environment.WorkingSet / BytesOfMegabyte} MB  left {progress.TimeLeft:hh\\:mm\\:ss}");
        bar.Update(share, text);
        if (progress.IsEpochDone)
        {
            bar.Line(text);
        }
    }
}
