using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UNetSharp.Benchmarks;

/// <summary>The comparisons as a table for people and as JSON for programs.</summary>
internal static class Report
{
    private const double Mega = 1e6;
    private const string CpuInfo = "/proc/cpuinfo";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>The lines above the table.</summary>
    public static string Head(double peakGflops, int threads) => Text(
        $"""
        {Cpu()}, {threads} threads; peak of float32 multiply-add measured here: {peakGflops:f0} GFLOP/s
        GFLOP/s are effective: the arithmetic of direct convolution by the time. MB are the peak of the whole process.

        {"work",-18} {"ours ms",8} {"GFLOP/s",8} {"of peak",8} {"MB",6}
        """)
        + Text($"   {"torch ms",8} {"GFLOP/s",8} {"MB",6}   {"ratio",6}  layout; difference");

    /// <summary>One comparison.</summary>
    public static string Row(Comparison row, double peakGflops)
    {
        double gflops = Gflops(row, row.Ours);
        string ours = Text($"{row.Work.Name,-18} {row.Ours.Ms,8:f0} {gflops,8:f0} {gflops / peakGflops,8:p0} ")
            + Text($"{row.Ours.PeakBytes / Mega,6:f0}");
        if (row.Peer is not { } peer || row.Agreement is not { } agreement)
        {
            return $"{ours}   PyTorch is absent: {row.PeerAbsence}";
        }

        string difference = row.Work.IsTraining
            ? Text($"loss {agreement.Values:g1}, gradients {agreement.Gradients:g1}")
            : Text($"logits {agreement.Values:g1}");
        return ours
            + Text($"   {peer.Ms,8:f0} {Gflops(row, peer),8:f0} {peer.PeakBytes / Mega,6:f0}   {row.Ratio,6:f2}")
            + $"  {peer.Name}; {difference}";
    }

    /// <summary>All that was measured.</summary>
    public static string Json(double peakGflops, int threads, IEnumerable<Comparison> rows) => new JsonObject
    {
        ["peakGflops"] = Math.Round(peakGflops, 1),
        ["threads"] = threads,
        ["cpu"] = Cpu(),
        ["results"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["work"] = row.Work.Name,
            ["peer"] = "torch",
            ["peer_version"] = row.Peer?.Version,
            ["peer_layout"] = row.Peer?.Name,
            ["peer_absent"] = row.PeerAbsence,
            ["rounds"] = row.Rounds,
            ["ours_ms"] = Math.Round(row.Ours.Ms, 2),
            ["peer_ms"] = row.Peer is null ? null : Math.Round(row.Peer.Ms, 2),
            ["ratio"] = row.Ratio is { } ratio ? Math.Round(ratio, 3) : null,
            ["ours_gflops"] = Math.Round(Gflops(row, row.Ours), 1),
            ["peer_gflops"] = row.Peer is null ? null : Math.Round(Gflops(row, row.Peer), 1),
            ["ours_peak_bytes"] = row.Ours.PeakBytes,
            ["peer_peak_bytes"] = row.Peer?.PeakBytes,
            ["difference"] = row.Agreement?.Values,
            ["difference_of_gradients"] = row.Work.IsTraining ? row.Agreement?.Gradients : null,
        })]),
    }.ToJsonString(Readable);

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Gflops(Comparison row, Cost cost) => row.Flops / cost.Ms / 1e6;

    private static string Cpu()
    {
        string? line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':')[1].Trim() ?? "unknown processor";
    }
}
