using System.Globalization;

namespace UNetSharp.Workflows;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Epochs in rising order, and values.</param>
internal sealed record Line(string Name, IReadOnlyList<(int Epoch, double Value)> Points);

/// <summary>Values by epoch as lines, drawn in SVG in the page's colours and dashes.</summary>
internal static class LineChart
{
    private const int Width = 460;
    private const int Height = 240;
    private const int Left = 52;
    private const int Right = 10;
    private const int Top = 10;
    private const int Bottom = 28;
    private const int MaxSteps = 5;

    // Lines differ in colour and in dashes.
    private static readonly (string Color, string Dashes)[] LineStyles =
        [("var(--one)", "none"), ("var(--two)", "7 3"), ("var(--three)", "2 3"), ("var(--four)", "9 3 2 3")];

    // Four colours with their own dashes, then the same with the next one's dashes.
    private static (string Color, string Dashes) GetLineStyle(int line) =>
        (
            LineStyles[line % LineStyles.Length].Color,
            LineStyles[(line + (line / LineStyles.Length)) % LineStyles.Length].Dashes);

    /// <summary>A figure with the chart; empty where there is nothing to draw.</summary>
    public static string Draw(string caption, params Line[] lines)
    {
        (int Epoch, double Value)[] points =
            [.. lines.SelectMany(line => line.Points).Where(p => double.IsFinite(p.Value))];
        if (points.Length == 0)
        {
            return "";
        }

        Axis across = new(points.Min(p => p.Epoch), points.Max(p => p.Epoch), Left, Width - Right);
        (double low, double high, double step) = ComputeAxisRange(points.Min(p => p.Value), points.Max(p => p.Value));
        Axis up = new(low, high, Height - Bottom, Top);
        string legend = lines.Length > 1 ? ": " + Legend(lines) : "";
        return $"""
            <figure>
            <svg viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img"
            aria-label="{Page.Encode(caption)}">
            <g font-size="11" fill="var(--soft)" stroke="none">
            {Grid(low, high, step, up)}
            <text x="{Left}" y="{Height - 8}">epoch {across.First:f0}</text>
            <text x="{Width - Right}" y="{Height - 8}" text-anchor="end">{across.Last:f0}</text>
            </g>
            {string.Join('\n', lines.Select((line, i) => Draw(line, GetLineStyle(i), across, up)))}
            </svg>
            <figcaption class="legend">{Page.Encode(caption)}{legend}</figcaption>
            </figure>
            """;
    }

    private static string Draw(Line line, (string Color, string Dashes) look, Axis across, Axis up)
    {
        string[] at =
        [
            .. line.Points.Where(p => double.IsFinite(p.Value)).Select(p => string.Create(
                CultureInfo.InvariantCulture, $"{across.At(p.Epoch):f1},{up.At(p.Value):f1}")),
        ];
        if (at.Length == 0)
        {
            return "";
        }

        string[] end = at[^1].Split(',');
        return $"""
            <polyline points="{string.Join(' ', at)}" fill="none" stroke="{look.Color}" stroke-width="2"
            stroke-dasharray="{look.Dashes}" stroke-linejoin="round"/>
            <circle cx="{end[0]}" cy="{end[1]}" r="3" fill="{look.Color}"/>
            """;
    }

    private static string Grid(double low, double high, double step, Axis up)
    {
        int digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(step)), 0, 10);
        int count = (int)Math.Round((high - low) / step);
        return string.Join('\n', Enumerable.Range(0, count + 1).Select(i => low + (i * step)).Select(value => $"""
            <path d="M{Left} {Page.FormatNumber(up.At(value), 1)}H{Width - Right}" stroke="var(--line)"/>
            <text x="{Left - 6}" y="{Page.FormatNumber(up.At(value) + 4, 1)}"
            text-anchor="end">{Page.FormatNumber(value, digits)}</text>
            """));
    }

    private static string Legend(Line[] lines) => string.Concat(lines.Select((line, i) => $"""
        <span><svg width="26" height="8" aria-hidden="true"><path d="M0 4H26" stroke="{GetLineStyle(i).Color}"
        stroke-width="2" stroke-dasharray="{GetLineStyle(i).Dashes}"/></svg> {Page.Encode(line.Name)}</span>
        """));

    /// <summary>A range around the values whose ends are whole steps of 1, 2 or 5 times a power of ten.</summary>
    private static (double Low, double High, double Step) ComputeAxisRange(double min, double max)
    {
        double span = Math.Max(max - min, Math.Max(Math.Abs(max), 1e-6) * 0.01);
        double rough = span / MaxSteps;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
        double low = Math.Floor(min / step) * step;
        return (low, Math.Max(Math.Ceiling(max / step) * step, low + step), step);
    }

    /// <summary>Where a value of a range lies between two places.</summary>
    private readonly record struct Axis(double First, double Last, double From, double To)
    {
        public double At(double value) =>
            Last == First ? From : From + ((value - First) / (Last - First) * (To - From));
    }
}
