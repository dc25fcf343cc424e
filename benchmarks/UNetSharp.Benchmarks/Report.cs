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
    public static string Head(int threads) => Text(
        $"""
        {Cpu()}, {threads} threads
        GFLOP/s are effective: the arithmetic of direct convolution by the time. The peak is that of float32
        multiply-add, measured in turns with the sides. MB are the peak of the whole process.

        {"work",-21} {"ours ms",8} {"GFLOP/s",8} {"peak",5} {"of it",6} {"MB",6}
        """)
        + Text($"   {"peer",-12} {"ms",8} {"GFLOP/s",8} {"MB",6}   {"ratio",6}  difference");

    /// <summary>One comparison, a line for each peer.</summary>
    public static string Rows(Comparison row)
    {
        double gflops = Gflops(row, row.Ours);
        string ours = Text($"{row.Work.Name,-21} {row.Ours.Ms,8:f0} {gflops,8:f0} {row.PeakGflops,5:f0} ")
            + Text($"{gflops / row.PeakGflops,6:p0} ")
            + Text($"{row.Ours.PeakBytes / Mega,6:f0}");
        return string.Join('\n', row.Peers.Select(
            (peer, i) => (i == 0 ? ours : new string(' ', ours.Length)) + $"   {PeerText(row, peer)}"));
    }

    /// <summary>All that was measured.</summary>
    public static string Json(int threads, IReadOnlyList<Comparison> rows) => new JsonObject
    {
        ["peakGflops"] = Math.Round(rows.SelectMany(row => row.Peaks).Max(), 1),
        ["threads"] = threads,
        ["cpu"] = Cpu(),
        ["results"] = new JsonArray([.. rows.SelectMany(row => row.Peers.Select(peer => (JsonNode)new JsonObject
        {
            ["work"] = row.Work.Name,
            ["peer"] = peer.Name,
            ["peer_version"] = peer.Cost?.Version,
            ["peer_layout"] = peer.Cost?.Name,
            ["peer_absent"] = peer.Absence,
            ["rounds"] = row.Peaks.Count,
            ["ours_ms"] = Math.Round(row.Ours.Ms, 2),
            ["peer_ms"] = peer.Cost is null ? null : Math.Round(peer.Cost.Ms, 2),
            ["ratio"] = peer.Cost is null ? null : Math.Round(peer.Cost.Ms / row.Ours.Ms, 3),
            ["ours_gflops"] = Math.Round(Gflops(row, row.Ours), 1),
            ["peak_gflops_in_turns"] = Math.Round(row.PeakGflops, 1),
            ["peer_gflops"] = peer.Cost is null ? null : Math.Round(Gflops(row, peer.Cost), 1),
            ["ours_peak_bytes"] = row.Ours.PeakBytes,
            ["peer_peak_bytes"] = peer.Cost?.PeakBytes,
            ["difference"] = peer.Agreement?.Values,
            ["difference_of_gradients"] = row.Work.IsTraining ? peer.Agreement?.Gradients : null,
        }))]),
    }.ToJsonString(Readable);

    /// <summary>The line below the table.</summary>
    public static string Foot(IReadOnlyList<Comparison> rows) =>
        Text($"The peak was {rows.SelectMany(row => row.Peaks).Max():f0} GFLOP/s at its best.");

    private static string PeerText(Comparison row, Peer peer)
    {
        if (peer.Cost is not { } cost || peer.Agreement is not { } agreement)
        {
            return $"{peer.Name} is absent: {peer.Absence}";
        }

        string difference = row.Work.IsTraining
            ? Text($"loss {agreement.Values:g1}, gradients {agreement.Gradients:g1}")
            : Text($"logits {agreement.Values:g1}");
        return Text($"{peer.Name,-12} {cost.Ms,8:f0} {Gflops(row, cost),8:f0} {cost.PeakBytes / Mega,6:f0}   ")
            + Text($"{cost.Ms / row.Ours.Ms,6:f2}  {difference}");
    }

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
