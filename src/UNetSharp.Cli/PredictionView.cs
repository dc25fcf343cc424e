using System.Text.Json.Nodes;
using UNetSharp.Workflows;

namespace UNetSharp.Cli;

/// <summary>
/// Predicts where people watch: what a large picture takes is said before it starts, progress and the time left while
/// it goes, and one line for each picture that fails.
/// </summary>
internal sealed class PredictionView(PredictionSettings settings, bool asJson)
{
    private readonly TimeEstimate _timeEstimate = new();
    private readonly PictureNotes _notes = new();
    private long _reportedBytes;

    /// <summary>Predicts all pictures that are not done.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        using StopSignals stop = new();
        PredictionResult result = ProgressBar.Run(bar => PicturePrediction.Predict(
            settings, progress => Show(progress, bar), stop.Token));
        _notes.PrintRest();
        if (!asJson)
        {
            Console.WriteLine($"{result.Done} {(result.Done == 1 ? "mask" : "masks")} in {settings.Output}"
                + (result.Skipped > 0 ? $", {result.Skipped} more were done already" : "")
                + (result.Failed > 0 ? $", {result.Failed} pictures failed" : ""));
        }

        if (result.IsCancelled)
        {
            Console.Error.WriteLine("stopped; the same command goes on from here");
            return ExitCode.Interrupted;
        }

        return result.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private void Show(PredictionProgress progress, ProgressBar bar)
    {
        switch (progress.State)
        {
            case PredictionState.Skipped:
                WriteJson("skipped", progress, new JsonObject { ["mask"] = progress.Mask });
                break;
            case PredictionState.Started:
                SayWhatItTakes(progress, bar);
                break;
            case PredictionState.Computing:
                bar.Update(progress.Share, Format(progress));
                break;
            case PredictionState.Done:
                foreach (string note in progress.Notes)
                {
                    _notes.Print(progress.Picture.Text, note, bar.WriteLine);
                }

                WriteJson("done", progress, new JsonObject
                {
                    ["notes"] = new JsonArray([.. progress.Notes.Select(note => JsonValue.Create(note))]),
                    ["mask"] = progress.Mask,
                    ["width"] = progress.Size.Width,
                    ["height"] = progress.Size.Height,
                    ["tiles"] = progress.Plan!.Count,
                });
                break;
            case PredictionState.Failed:
                string text = ErrorBoundary.FormatError(progress.Failure!);
                bool isNamed = text.Contains(progress.Picture.Path, StringComparison.Ordinal);
                bar.WriteLine($"unet: {(isNamed ? "" : $"{progress.Picture.Text}: ")}{text}");
                WriteJson("failed", progress, new JsonObject { ["error"] = text });
                break;
        }
    }

    /// <summary>Says what a picture takes that is cut into tiles, if it is more than was said before.</summary>
    private void SayWhatItTakes(PredictionProgress progress, ProgressBar bar)
    {
        if (progress.Plan is { Count: > 1 } plan && progress.MemoryBytes > _reportedBytes)
        {
            _reportedBytes = progress.MemoryBytes;
            bar.WriteLine(
                $"{progress.Picture.Text}: {progress.Size} pixels in {plan.Count} tiles of {plan.Tile} that share "
                + $"{plan.Overlap}; about {MemorySize.Format(progress.MemoryBytes)} of memory, at most "
                + $"{MemorySize.Format(progress.MaxDiscBytes)} of disc");
        }
    }

    private string Format(PredictionProgress progress)
    {
        int tiles = progress.Plan!.Count;
        string picture = progress.Count > 1 ? $"{progress.Index + 1} of {progress.Count} pictures, " : "";
        string tile = tiles > 1 ? $", tile {progress.TilesDone} of {tiles}" : "";
        return $"{picture}{progress.Picture.ShortText}{tile}{_timeEstimate.Format(progress.Share)}";
    }

    /// <summary>Writes a line for programs.</summary>
    private void WriteJson(string state, PredictionProgress progress, JsonObject more)
    {
        if (asJson)
        {
            more.Insert(0, "file", progress.Picture.Path);
            more.Insert(1, "state", state);
            if (progress.Picture.Page is { } page)
            {
                more.Insert(1, "page", page);
            }

            Console.WriteLine(more.ToJsonString());
        }
    }
}
