using UNetSharp.Files;
using UNetSharp.Metrics;

namespace UNetSharp.Workflows;

/// <summary>Dice of an image, by a network and by the best grey threshold.</summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Dice">Dice of the network.</param>
/// <param name="Baseline">Dice of the threshold.</param>
public sealed record BaselineScore(string Name, double Dice, double Baseline);

/// <summary>
/// A page that shows a network beside a grey threshold on held-out images: the figures, the curve of training, the
/// pictures.
/// </summary>
public static class BaselineReport
{
    /// <summary>Writes report.html beside the run and predictions.png, the sheet of pictures.</summary>
    /// <param name="folder">Folder in which the sheet lies, and the run in its own folder, run.</param>
    /// <param name="objects">What the foreground is, for people, in the plural.</param>
    /// <param name="rows">Scores of the held-out images.</param>
    /// <param name="baseline">The threshold.</param>
    /// <exception cref="IOException">The page cannot be written, or the run's log not be read.</exception>
    public static void Write(
        string folder, string objects, IReadOnlyList<BaselineScore> rows, ThresholdBaseline baseline)
    {
        TrainingLog log = TrainingLog.Read(Path.Combine(folder, "run", "log.csv"));
        string side = baseline.IsForegroundBright ? "brighter" : "darker";
        string page = Page.Compose($"A network against a threshold: {objects}", $"""
            <p class="big">Held-out Dice <b>{Page.FormatNumber(rows.Average(row => row.Dice))}</b>, best grey threshold
            <b>{Page.FormatNumber(rows.Average(row => row.Baseline))}</b></p>
            <p>{rows.Count} images that were not trained on; mean of their Dice. The threshold, found on the training
            images, takes what is {side} than {Page.FormatNumber(baseline.Threshold, 2)} for {Page.Encode(objects)}.</p>
            <h2>Pictures</h2>
            <p>Picture, truth, prediction.</p>
            <img src="predictions.png" alt="Pictures with true and predicted {Page.Encode(objects)}">
            <h2>Training</h2>
            {LineChart.Draw("Dice on validation images after every epoch", log.Line("validation_dice", "Dice"))}
            <p><a href="run/report.html">More of the training run</a></p>
            <h2>Every image</h2>
            {Page.RenderTable(
                ["image", "network", "threshold"],
                rows.Select(row => new[] { row.Name, Page.FormatNumber(row.Dice), Page.FormatNumber(row.Baseline) }))}
            """);
        AtomicFile.WriteText(Path.Combine(folder, "report.html"), page);
    }
}
