using UNetSharp.Cli.Reports;
using UNetSharp.Files;
using UNetSharp.Metrics;

namespace UNetSharp.Cli;

/// <summary>The demo's page: the figures, the curve of training, the pictures.</summary>
internal static class DemoReport
{
    /// <summary>Writes report.html beside the pictures and the run.</summary>
    public static void Write(string folder, IReadOnlyList<Row> rows, ThresholdBaseline baseline)
    {
        TrainingLog log = TrainingLog.Read(Path.Combine(folder, "run", "log.csv"));
        string side = baseline.IsForegroundBright ? "brighter" : "darker";
        string page = Page.Of("Nuclei: a U-Net against a threshold", $"""
            <p class="big">Held-out Dice <b>{Page.Number(rows.Average(row => row.Dice))}</b>, best grey threshold
            <b>{Page.Number(rows.Average(row => row.Baseline))}</b></p>
            <p>{rows.Count} images that were not trained on; mean of their Dice. The threshold, found on the training
            images, takes what is {side} than {Page.Number(baseline.Threshold, 2)} for nuclei.</p>
            <h2>Pictures</h2>
            <p>Picture, truth, prediction.</p>
            <img src="predictions.png" alt="Pictures with true and predicted nuclei">
            <h2>Training</h2>
            {LineChart.Draw("Dice on validation images after every epoch", log.Line("validation_dice", "Dice"))}
            <p><a href="run/report.html">More of the training run</a></p>
            <h2>Every image</h2>
            {Page.Table(
                ["image", "U-Net", "threshold"],
                rows.Select(row => new[] { row.Name, Page.Number(row.Dice), Page.Number(row.Baseline) }))}
            """);
        AtomicFile.WriteText(Path.Combine(folder, "report.html"), page);
    }

    /// <summary>Dice of an image, by the network and by the threshold.</summary>
    internal sealed record Row(string Name, double Dice, double Baseline);
}
