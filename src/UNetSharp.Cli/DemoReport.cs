using System.Globalization;
using System.Net;
using System.Text;
using UNetSharp.Interop;
using UNetSharp.Metrics;

namespace UNetSharp.Cli;

/// <summary>The demo's page: the figures, the curve of training, the pictures.</summary>
internal static class DemoReport
{
    private const int ChartWidth = 640;
    private const int ChartHeight = 200;

    /// <summary>Writes report.html beside the pictures and the run.</summary>
    public static void Write(string folder, IReadOnlyList<Row> rows, ThresholdBaseline baseline)
    {
        StringBuilder table = new();
        foreach (Row row in rows)
        {
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(row.Name)}</td>");
            table.Append(CultureInfo.InvariantCulture, $"<td>{row.Dice:f3}</td><td>{row.Baseline:f3}</td></tr>\n");
        }

        string side = baseline.IsForegroundBright ? "brighter" : "darker";
        string page = string.Create(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>UNetSharp demo: nuclei</title>
            <style>
              body { font: 16px/1.5 system-ui, sans-serif; max-width: 820px; margin: 2rem auto; padding: 0 1rem; color: #222 }
              h1 { font-size: 1.5rem } img { max-width: 100% } table { border-collapse: collapse }
              td, th { padding: .15rem 1rem .15rem 0; text-align: right } td:first-child, th:first-child { text-align: left }
              .big { font-size: 1.25rem } svg { max-width: 100%; height: auto }
            </style>
            <h1>Nuclei: a U-Net against a threshold</h1>
            <p class="big">Held-out Dice <b>{{rows.Average(row => row.Dice):f3}}</b>, best grey threshold
            <b>{{rows.Average(row => row.Baseline):f3}}</b></p>
            <p>{{rows.Count}} images that were not trained on; mean of their Dice. The threshold, found on the training images,
            takes what is {{side}} than {{baseline.Threshold:f2}} for nuclei.</p>
            <h2>Pictures</h2>
            <p>Picture, truth, prediction.</p>
            <img src="predictions.png" alt="Pictures with true and predicted nuclei">
            <h2>Training</h2>
            {{Chart(File.ReadAllLines(Path.Combine(folder, "run", "log.csv")))}}
            <h2>Every image</h2>
            <table><tr><th>image</th><th>U-Net</th><th>threshold</th></tr>
            {{table}}</table>
            </html>
            """);
        AtomicFile.WriteText(Path.Combine(folder, "report.html"), page);
    }

    /// <summary>Validation Dice by epoch, as a line.</summary>
    private static string Chart(string[] log)
    {
        double[] dice = [.. log.Skip(1).Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture))];
        IEnumerable<string> points = dice.Select((value, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{40 + (i * (ChartWidth - 60.0) / Math.Max(1, dice.Length - 1)):f1},{ChartHeight - 30 - (value * (ChartHeight - 50)):f1}"));
        return $"""
            <svg viewBox="0 0 {ChartWidth} {ChartHeight}" width="{ChartWidth}" height="{ChartHeight}" role="img"
                 aria-label="Validation Dice by epoch">
              <g font-size="12" fill="#666"><text x="8" y="24">1.0</text><text x="8" y="{ChartHeight - 26}">0.0</text>
              <text x="40" y="{ChartHeight - 8}">epoch 1</text>
              <text x="{ChartWidth - 20}" y="{ChartHeight - 8}" text-anchor="end">epoch {dice.Length}</text></g>
              <path d="M40 20V{ChartHeight - 30}H{ChartWidth - 20}" fill="none" stroke="#bbb"/>
              <polyline points="{string.Join(' ', points)}" fill="none" stroke="#0072b2" stroke-width="2"/>
            </svg>
            <p>Dice on validation images after every epoch.</p>
            """;
    }

    /// <summary>Dice of an image, by the network and by the threshold.</summary>
    internal sealed record Row(string Name, double Dice, double Baseline);
}
