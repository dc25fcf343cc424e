using System.CommandLine;
using Spectre.Console;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Scores a trained network on a data set, alone or beside another one.</summary>
internal static class EvaluateCommand
{
    private const string StandardOutput = "-";

    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<bool> ValidationOnly = new("--validation")
    {
        Description = "Only the images that the run set aside for validation; --weights is the run's folder",
    };

    private static readonly Option<string?> Compare = new("--compare")
    {
        Description = "Weights of another network: differences on the same images, with intervals and a paired test",
    };

    private static readonly Option<int?> Membranes = new("--membranes")
    {
        Description = "Also V-Rand and V-Info of what membranes separate; give the class that is membrane: 0 where "
            + "masks draw it black, as those of ISBI 2012, 1 where they draw it white",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "Write JSON to a file, or to standard output (-, or nothing)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Csv =
        new("--csv") { Description = "Write the scores of every image and class to a file" };

    private static readonly Option<string?> Html =
        new("--html") { Description = "Write a page with the worst images and their errors to a file" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    private static readonly Option<bool> Exact = CommonOptions.Exact();

    public static Command Build()
    {
        Command command = new("evaluate", "Score a trained network on a folder of images and masks.")
        {
            Weights, ValidationOnly, Compare, Membranes, Json, Csv, Html, Threads, Exact,
        };
        DataOptions.AddTo(command);
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string? json = parsed.GetResult(Json) is null ? null : parsed.GetValue(Json) ?? StandardOutput;
        EvaluationSettings settings = new(parsed.GetRequiredValue(Weights), DataOptions.Find(parsed))
        {
            Masks = DataOptions.ReadMasks(parsed),
            SkipsBad = DataOptions.SkipsBad(parsed),
            Load = weights => WeightsOptions.Load(parsed, weights),
            Compared = parsed.GetValue(Compare),
            LoadCompared = WeightsOptions.LoadAsDescribed,
            IsValidationOnly = parsed.GetValue(ValidationOnly),
            MembraneClass = parsed.GetValue(Membranes),
            Threads = CommonOptions.ReadThreads(parsed, Threads),
            IsExact = parsed.GetValue(Exact),
            Json = json == StandardOutput ? null : json,
            Csv = parsed.GetValue(Csv),
            Page = parsed.GetValue(Html),
        };
        EvaluationResult result = ProgressBar.Run(bar => NetworkEvaluation.Evaluate(settings, progress =>
        {
            string what = progress.Stage == EvaluationStage.Reading ? "pairs read" : "images scored";
            bar.Update((double)progress.Done / progress.Count, $"{progress.Done} of {progress.Count} {what}");
        }));
        foreach (string line in result.LeftOut)
        {
            Console.Error.WriteLine($"left out: {line}");
        }

        if (json == StandardOutput)
        {
            Console.WriteLine(result.ToJson());
        }
        else
        {
            Print(result, settings.Compared);
        }

        return ExitCode.Done;
    }

    private static void Print(EvaluationResult result, string? compared)
    {
        Print(result.Classes);
        Print(result.Means);
        if (result.Differences is { } differences)
        {
            Console.WriteLine($"compared with {compared}:");
            Print(differences);
        }

        foreach (string line in result.OtherScores.Append(result.Summary))
        {
            Console.WriteLine(line);
        }
    }

    private static void Print(ScoreTable scores)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(Markup.Escape(scores.Header[0]))
            .AddColumns([.. scores.Header.Skip(1).Select(name => new TableColumn(Markup.Escape(name)).RightAligned())]);
        foreach (IReadOnlyList<string> row in scores.Rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }
}
