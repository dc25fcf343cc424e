using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace UNetSharp.Benchmarks;

/// <summary>
/// Builds of this benchmark against each other: their runs of a work in turns in one process, so that a moment in which
/// the machine is slow is the same for all. That shows differences that two runs of the whole benchmark cannot.
/// </summary>
internal static class Builds
{
    private const int WarmUps = 3;
    private const string Program = "UNetSharp.Benchmarks.dll";

    /// <summary>The command "builds".</summary>
    public static Command Command(Option<int?> rounds, Option<int> threads)
    {
        Argument<DirectoryInfo[]> folders = new("folders")
        {
            Description = "Builds: copies of artifacts/bin/UNetSharp.Benchmarks/release",
            Arity = ArgumentArity.OneOrMore,
        };
        folders.Validators.Add(RequireBuilds);
        Option<string> name = new("--only") { Description = "The work", Required = true };
        name.AcceptOnlyFromAmong([.. Workload.All.Select(work => work.Name)]);
        Command command = new("builds", "Builds of this benchmark against each other, in turns in one process.")
        {
            folders, name, rounds, threads,
        };
        command.SetAction(parsed =>
        {
            try
            {
                Print(
                    [.. parsed.GetValue(folders)!.Select(folder => folder.FullName)],
                    Workload.All.Single(work => work.Name == parsed.GetValue(name)),
                    parsed.GetValue(threads),
                    parsed.GetValue(rounds) ?? Comparison.MaxRounds);
                return 0;
            }
            catch (BenchmarkException e)
            {
                Console.Error.WriteLine($"benchmark: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static void RequireBuilds(ArgumentResult result)
    {
        foreach (Token folder in result.Tokens.Where(token => !File.Exists(Path.Combine(token.Value, Program))))
        {
            result.AddError($"{folder.Value} holds no build of the benchmark: there is no {Program}.");
        }
    }

    private static void Print(string[] folders, Workload work, int threads, int rounds)
    {
        string file = Path.GetTempFileName();
        try
        {
            work.Write(file);
            Action[] runs = [.. folders.Select(folder => Load(folder, work.Name, file, threads))];
            double[][] times = Time(runs, rounds);
            Console.WriteLine($"{"least ms",8}  {"quartile",8}  {"median",8}  {"by first",8}  build");
            for (int i = 0; i < runs.Length; i++)
            {
                double[] sorted = [.. times[i].Order()];
                double[] ratios = [.. times[i].Zip(times[0], (own, first) => own / first).Order()];
                Console.WriteLine(FormattableString.Invariant(
                    $"{sorted[0],8:f1}  {sorted[rounds / 4],8:f1}  {sorted[rounds / 2],8:f1}")
                    + FormattableString.Invariant($"  {ratios[rounds / 2],8:f3}  {folders[i]}"));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A build's own <see cref="OurSide.Runner"/>, beside those of the others.</summary>
    private static Action Load(string folder, string work, string file, int threads)
    {
        BuildContext context = new(Path.GetFullPath(folder));
        Type side =
            context.LoadFromAssemblyPath(Path.Combine(context.Folder, Program)).GetType(typeof(OurSide).FullName!)!;
        MethodInfo runner = side.GetMethod(nameof(OurSide.Runner))
            ?? throw new BenchmarkException($"{folder} holds a build that cannot be timed in turns: it is too old.");
        return (Action)runner.Invoke(null, [work, file, threads])!;
    }

    private static double[][] Time(Action[] runs, int rounds)
    {
        double[][] times = [.. runs.Select(_ => new double[rounds])];
        for (int round = -WarmUps; round < rounds; round++)
        {
            for (int turn = 0; turn < runs.Length; turn++)
            {
                // Each comes first as often as the others.
                int i = (turn + round + WarmUps) % runs.Length;
                var clock = Stopwatch.StartNew();
                runs[i]();
                if (round >= 0)
                {
                    times[i][round] = clock.Elapsed.TotalMilliseconds;
                }
            }
        }

        return times;
    }

    /// <summary>
    /// Takes a build's own assemblies, where the default context would give every build those of this program.
    /// </summary>
    private sealed class BuildContext(string folder) : AssemblyLoadContext
    {
        public string Folder => folder;

        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(folder, $"{assemblyName.Name}.dll") is var path && File.Exists(path)
                ? LoadFromAssemblyPath(path)
                : null;
    }
}
