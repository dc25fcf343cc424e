using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Prediction;

/// <summary>
/// Predicts where people watch: what a large picture takes is said before it starts, progress and the time left while
/// it goes, and one line for each picture that fails.
/// </summary>
internal sealed class PredictionSession(
    Segmenter segmenter, PredictionOutputs outputs, SegmentationSettings settings, float threshold, bool asJson)
{
    // Measured: libvips, and code that is compiled when it is needed first.
    private const long LaterBytes = 100L << 20;

    // What the program takes beside its plans: itself with the weights, and the rows between its threads.
    private readonly long _ownBytes = Environment.WorkingSet + LaterBytes + (2L * RowQueue.MostBytes);
    private readonly TimeLeft _left = new();
    private long _saidBytes;
    private int _done;
    private int _failed;

    /// <summary>Predicts all pictures that are not done.</summary>
    /// <returns>The exit code.</returns>
    public int Run(IReadOnlyList<(InputPicture Input, bool IsDone)> pictures)
    {
        InputPicture[] inputs = [.. pictures.Where(picture => !picture.IsDone).Select(picture => picture.Input)];
        foreach ((InputPicture input, _) in pictures.Where(picture => picture.IsDone))
        {
            Tell("skipped", input, new JsonObject { ["mask"] = outputs.Mask(input) });
        }

        using CancellationTokenSource stop = new();
        using PosixSignalRegistration onInterrupt = StopOn(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration onTerminate = StopOn(PosixSignal.SIGTERM, stop);
        using ObjectFiles objects = new(outputs.Objects, outputs.Folder, segmenter.Masks);
        ProgressBar.Run(bar =>
        {
            PredictionPipeline pipeline = new(segmenter, threshold, stop.Token)
            {
                Plan = job => Plan(job, bar),
                Sinks = job => outputs.Sinks(job, segmenter, objects),
                Progress = (job, tiles) => Show(job, tiles, inputs.Length, bar),
                IsDone = job => Report(job, bar),
            };
            pipeline.Run(inputs);
            return true;
        });
        if (!stop.IsCancellationRequested)
        {
            objects.Complete();
        }

        int skipped = pictures.Count - inputs.Length;
        if (!asJson)
        {
            Console.WriteLine($"{_done} {(_done == 1 ? "mask" : "masks")} in {outputs.Folder}"
                + (skipped > 0 ? $", {skipped} more were done already" : "")
                + (_failed > 0 ? $", {_failed} pictures failed" : ""));
        }

        if (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("stopped; the same command goes on from here");
            return ExitCode.Interrupted;
        }

        return _failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    /// <summary>Cuts a picture, says what large ones take, and refuses what there is no room for.</summary>
    private TilePlan Plan(PredictionJob job, ProgressBar bar)
    {
        TilePlan plan = segmenter.Plan(job.Size, settings);
        long disc = outputs.MostBytes(job.Size, segmenter.Channels);
        long freeDisc = new DriveInfo(Path.GetFullPath(outputs.Folder)).AvailableFreeSpace;
        if (disc > freeDisc)
        {
            throw new DataException($"{job.Input.Text}: the results of {job.Size} pixels may take {MemorySize.Text(disc)}, "
                + $"and {outputs.Folder} has {MemorySize.Text(freeDisc)} left.");
        }

        long freeMemory = MemorySize.Free() + Environment.WorkingSet;
        if (plan.MemoryBytes > freeMemory)
        {
            throw new DataException($"{job.Input.Text}: {job.Size} pixels in tiles of {plan.Tile} take "
                + $"{MemorySize.Text(plan.MemoryBytes)} of memory, and {MemorySize.Text(freeMemory)} are free. Use a "
                + "smaller --tile.");
        }

        if (plan.Count > 1 && plan.MemoryBytes > _saidBytes)
        {
            _saidBytes = plan.MemoryBytes;
            bar.Say($"{job.Input.Text}: {job.Size} pixels in {plan.Count} tiles of {plan.Tile} that share {plan.Overlap}; "
                + $"about {MemorySize.Text(_ownBytes + plan.MemoryBytes)} of memory, at most {MemorySize.Text(disc)} "
                + "of disc");
        }

        return plan;
    }

    private void Show(PredictionJob job, int tiles, int count, ProgressBar bar)
    {
        int ofTiles = job.Plan!.Count;
        double share = (job.Index + ((double)tiles / ofTiles)) / count;
        string picture = count > 1 ? $"{job.Index + 1} of {count} pictures, " : "";
        string tile = ofTiles > 1 ? $", tile {tiles} of {ofTiles}" : "";
        bar.Update(share, $"{picture}{job.Input.ShortText}{tile}{_left.Text(share)}");
    }

    private void Report(PredictionJob job, ProgressBar bar)
    {
        if (job.Failure is null)
        {
            _done++;
            Tell("done", job.Input, new JsonObject
            {
                ["mask"] = outputs.Mask(job.Input),
                ["width"] = job.Size.Width,
                ["height"] = job.Size.Height,
                ["tiles"] = job.Plan!.Count,
            });
        }
        else if (job.Failure is not OperationCanceledException)
        {
            _failed++;
            string text = Guard.TextOf(job.Failure);
            bar.Say($"unet: {(text.Contains(job.Input.Path, StringComparison.Ordinal) ? "" : $"{job.Input.Text}: ")}{text}");
            Tell("failed", job.Input, new JsonObject { ["error"] = text });
        }
    }

    /// <summary>Writes a line for programs.</summary>
    private void Tell(string state, InputPicture input, JsonObject more)
    {
        if (asJson)
        {
            more.Insert(0, "file", input.Path);
            more.Insert(1, "state", state);
            if (input.Page is { } page)
            {
                more.Insert(1, "page", page);
            }

            Console.WriteLine(more.ToJsonString());
        }
    }
}
