using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using UNetSharp.Benchmarks;
using UNetSharp.Execution;

Option<string?> only = new("--only") { Description = $"One of {string.Join(", ", Work.All.Select(work => work.Name))}" };
Option<int> threads = new("--threads")
{
    Description = "Threads of both sides",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
Option<int> rounds = new("--rounds") { Description = "Timed runs of each side", DefaultValueFactory = _ => 7 };
Option<bool> json = new("--json") { Description = "Print JSON" };
Option<string> script = new("--peer-script") { Required = true, Description = "peers/torch_peer.py" };
RootCommand root = new("Ours and PyTorch side by side, in turns, with the same weights, image and threads.")
{
    only, threads, rounds, json, script,
};
root.SetAction(parsed =>
{
    using Workers workers = new(parsed.GetValue(threads));
    bool asJson = parsed.GetValue(json);
    double peak = FmaPeak.Measure(workers.Count);
    JsonArray results = [];
    if (!asJson)
    {
        Console.WriteLine(Text($"{workers.Count} threads, float32 peak measured here {peak:f0} GFLOP/s"));
        Console.WriteLine(Text($"{"work",-18} {"ours ms",9} {"GFLOP/s",8} {"of peak",8} {"torch ms",9} {"ratio",6}  layout, error"));
    }

    foreach (Work work in Work.All.Where(work => parsed.GetValue(only) is not { } name || name == work.Name))
    {
        var row = Comparison.Of(work, workers, parsed.GetRequiredValue(script), parsed.GetValue(rounds));
        double? ratio = row.PeerMs / row.OursMs;
        results.Add(new JsonObject
        {
            ["work"] = work.Name,
            ["peer"] = row.PeerMs is null ? null : "torch",
            ["ours_ms"] = row.OursMs,
            ["peer_ms"] = row.PeerMs,
            ["ratio"] = ratio,
            ["gflops"] = row.Gflops,
            ["planBytes"] = row.PlanBytes,
            ["peerLayout"] = row.PeerLayout,
            ["error"] = row.Error,
        });
        if (!asJson)
        {
            string peer = row.PeerMs is null
                ? "PyTorch is not installed (apt-get install python3-torch)"
                : Text($"{row.PeerMs,9:f0} {ratio,6:f2}  {row.PeerLayout}, {row.Error:g2}");
            Console.WriteLine(Text(
                $"{work.Name,-18} {row.OursMs,9:f0} {row.Gflops,8:f0} {row.Gflops / peak,8:p0} {peer}"));
        }
    }

    if (asJson)
    {
        JsonObject all = new() { ["peakGflops"] = peak, ["threads"] = workers.Count, ["results"] = results };
        Console.WriteLine(all.ToJsonString());
    }
});
return root.Parse(args).Invoke();

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
