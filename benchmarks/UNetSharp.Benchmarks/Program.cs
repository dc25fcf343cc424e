using System.CommandLine;
using System.CommandLine.Parsing;
using UNetSharp.Benchmarks;
using UNetSharp.Benchmarks.Accuracy;

const int WrongUsage = 2;
const int QuickRounds = 3;
const string StandardOutput = "-";

Option<string?> only = new("--only") { Description = "One work, by name" };
only.AcceptOnlyFromAmong([.. Workload.All.Select(work => work.Name)]);
Option<int> threads = new("--threads")
{
    Description = "Threads of both sides",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
Option<int?> rounds = new("--rounds")
{
    Description = $"Timed runs of each side; {Comparison.MinRounds} to {Comparison.MaxRounds} by how long they take",
};
Option<bool> quick = new("--quick") { Description = $"{QuickRounds} rounds" };
Option<bool> layers = new("--layers") { Description = "Where our time goes, operation by operation; no peer" };
Option<string> against = new("--against")
{
    Description = "Peers, separated by commas",
    DefaultValueFactory = _ => string.Join(',', Comparison.AllPeers),
};
against.Validators.Add(result =>
{
    string[] names = result.GetValueOrDefault<string>().Split(',');
    if (names.FirstOrDefault(name => !Comparison.AllPeers.Contains(name)) is { } name)
    {
        result.AddError($"There is no peer '{name}'; there are {string.Join(" and ", Comparison.AllPeers)}.");
    }
});
Option<string?> json = new("--json")
{
    Description = "Write JSON to a file, or to standard output",
    Arity = ArgumentArity.ZeroOrOne,
};
threads.Validators.Add(result => RequirePositive(result, result.GetValueOrDefault<int>()));
rounds.Validators.Add(result => RequirePositive(result, result.GetValueOrDefault<int?>() ?? 1));

RootCommand root =
    new("Ours, ONNX Runtime and Debian's PyTorch side by side, in turns, with the same weights, image and threads.")
{
    only, against, threads, rounds, quick, layers, json,
};
Argument<int> sideThreads = new("threads");
Command side = new("side", "Our side of a comparison; commands come from standard input.") { sideThreads };
side.Hidden = true;
side.SetAction(parsed => OurSide.Serve(parsed.GetValue(sideThreads)));
root.Add(side);
root.Add(AccuracyCommand.Build());
root.Add(Builds.Command(rounds, threads));
root.SetAction(parsed =>
{
    IEnumerable<Workload> works =
        Workload.All.Where(work => parsed.GetValue(only) is not { } name || name == work.Name);
    int? count = parsed.GetValue(rounds) ?? (parsed.GetValue(quick) ? QuickRounds : null);
    if (parsed.GetValue(layers))
    {
        foreach (Workload work in works)
        {
            LayerTimes.Print(work, parsed.GetValue(threads), count ?? Comparison.MinRounds, Console.Out);
        }

        return 0;
    }

    string? jsonFile = parsed.GetResult(json) is null ? null : parsed.GetValue(json) ?? StandardOutput;
    return Compare([.. works], parsed.GetValue(against)!.Split(','), parsed.GetValue(threads), count, jsonFile);
});

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string error = parsed.Errors[0].Message.ReplaceLineEndings(" ");
    Console.Error.WriteLine($"benchmark: {error} See benchmarks/run --help.");
    return WrongUsage;
}

return parsed.Invoke();

static void RequirePositive(OptionResult result, int value)
{
    if (value < 1)
    {
        result.AddError($"{result.Option.Name} must be at least 1.");
    }
}

static int Compare(Workload[] works, string[] peers, int threads, int? rounds, string? json)
{
    TextWriter output = json == StandardOutput ? Console.Error : Console.Out;
    output.WriteLine(Report.Head(threads));
    List<Comparison> rows = [];
    try
    {
        foreach (Workload work in works)
        {
            rows.Add(Comparison.Measure(work, peers, threads, rounds));
            output.WriteLine(Report.Rows(rows[^1]));
        }

        output.WriteLine(Report.Foot(rows));
    }
    catch (BenchmarkException e)
    {
        Console.Error.WriteLine($"benchmark: {e.Message}");
        return 1;
    }

    string text = Report.Json(threads, rows);
    if (json == StandardOutput)
    {
        Console.WriteLine(text);
    }
    else if (json is not null)
    {
        File.WriteAllText(json, text + "\n");
    }

    return 0;
}
