using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using UNetSharp.Cli.Reports;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Training;

namespace UNetSharp.Cli.Commands;

/// <summary>Scores a trained network on a data set, alone or beside another one.</summary>
internal static class EvaluateCommand
{
    private const string StandardOutput = "-";

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<string> Data =
        new("--data") { Description = "Folder with images/ and masks/ or the like", Required = true };

    private static readonly Option<bool> ValidationOnly = new("--validation")
    {
        Description = "Only the images that the run set aside for validation; --weights is the run's folder",
    };

    private static readonly Option<bool> SkipBad = CommonOptions.SkipBad();

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
            Weights, Data, ValidationOnly, SkipBad, Compare, Membranes, Json, Csv, Html, Threads, Exact,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string? json = parsed.GetResult(Json) is null ? null : parsed.GetValue(Json) ?? StandardOutput;
        RequireFolders(
            (json == StandardOutput ? null : json, "--json"),
            (parsed.GetValue(Csv), "--csv"),
            (parsed.GetValue(Html), "--html"));
        string weights = parsed.GetRequiredValue(Weights);
        string? other = parsed.GetValue(Compare);
        using Segmenter segmenter = Load(parsed, weights, WeightsOptions.Load(parsed, weights));
        using Segmenter? rival = other is null ? null : Load(parsed, other, WeightsOptions.LoadAsDescribed(other));
        IReadOnlyList<ImagePair> pairs = PairsOf(parsed, weights);
        Evaluation evaluation = Evaluate(parsed, segmenter, pairs);
        IReadOnlyList<Comparison> comparison =
            rival is null ? [] : Comparison.Of(evaluation, Evaluate(parsed, rival, pairs));
        if (json is not null)
        {
            WriteJson(json, evaluation, comparison);
        }

        if (parsed.GetValue(Csv) is { } csv)
        {
            AtomicFile.WriteText(csv, ScoresCsv.Of(evaluation));
        }

        if (parsed.GetValue(Html) is { } html)
        {
            AtomicFile.WriteText(html, EvaluationPage.Of(
                weights,
                parsed.GetRequiredValue(Data),
                evaluation,
                segmenter.Masks,
                Worst(segmenter, pairs, evaluation),
                other,
                comparison));
        }

        if (json != StandardOutput)
        {
            Print(evaluation, segmenter.Masks, other, comparison);
        }

        return ExitCode.Done;
    }

    /// <summary>Refuses files whose folder is not there, before hours of work.</summary>
    private static void RequireFolders(params (string? File, string Option)[] outputs)
    {
        foreach ((string? file, string option) in outputs)
        {
            if (file is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            {
                throw new UsageException($"{option} {file}: there is no such folder; make it, or name another.");
            }
        }
    }

    private static Segmenter Load(ParseResult parsed, string weights, TrainedNetwork trained)
    {
        int threads = CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        Segmenter segmenter = new(trained, threads, parsed.GetValue(Exact));
        if (parsed.GetValue(Membranes) is { } k && (k < 0 || k >= segmenter.ClassCount))
        {
            int classes = segmenter.ClassCount;
            segmenter.Dispose();
            throw new UsageException($"--membranes {k}: {weights} knows the classes 0 to {classes - 1}.");
        }

        return segmenter;
    }

    /// <summary>The pairs to score. Those that cannot be read are named, or left out, before the first one is scored.</summary>
    private static IReadOnlyList<ImagePair> PairsOf(ParseResult parsed, string weights)
    {
        TrainingSettings? run = parsed.GetValue(ValidationOnly) ? RunFolder.SettingsOf(weights) : null;
        bool skipsBad = parsed.GetValue(SkipBad);
        DataReport report = DataCommand.Inspect(parsed.GetRequiredValue(Data), classes: null, skipsBad);
        foreach (string line in report.LeftOut)
        {
            Console.Error.WriteLine($"left out: {line}");
        }

        if (report.BadPairs.Count > 0)
        {
            throw new DataException($"{report.BadPairs[0]} ({report.BadPairs.Count} such; --skip-bad leaves them out)");
        }

        IReadOnlyList<ImagePair> pairs = report.Folder.Pairs;
        return run is null ? pairs : Split.Of(pairs, run.Validation, run.Seed).Validation is { Count: > 0 } aside
            ? aside
            : throw new DataException($"{weights}: set no images aside for validation; leave out --validation.");
    }

    private static Evaluation Evaluate(ParseResult parsed, Segmenter segmenter, IReadOnlyList<ImagePair> pairs) =>
        ProgressBar.Run(bar => Evaluation.Of(
            segmenter,
            pairs,
            ImageFile.Read,
            (done, count) => bar.Update((double)done / count, $"{done} of {count} images"),
            parsed.GetValue(Membranes)));

    private static ScoredPicture[] Worst(
        Segmenter segmenter, IReadOnlyList<ImagePair> pairs, Evaluation evaluation) =>
    [
        .. pairs.Zip(evaluation.Images).OrderBy(image => image.Second.Dice).Take(EvaluationPage.MostPictures)
            .Select(image =>
            {
                (Segmentation found, byte[] truth, Picture picture) =
                    Evaluation.Segment(segmenter, image.First, ImageFile.Read);
                return new ScoredPicture(image.Second.Name, image.Second.Dice, picture, truth, found.Classes()).Small();
            }),
    ];

    private static void WriteJson(string file, Evaluation evaluation, IReadOnlyList<Comparison> comparison)
    {
        JsonObject scores = JsonSerializer.SerializeToNode(evaluation, Readable)!.AsObject();
        if (comparison.Count > 0)
        {
            scores["comparison"] = JsonSerializer.SerializeToNode(comparison, Readable);
        }

        string text = scores.ToJsonString(Readable);
        if (file == StandardOutput)
        {
            Console.WriteLine(text);
        }
        else
        {
            AtomicFile.WriteText(file, text + "\n");
        }
    }

    private static void Print(
        Evaluation evaluation, MaskClasses masks, string? other, IReadOnlyList<Comparison> comparison)
    {
        Print(ScoreTable.Head(evaluation.Classes), ScoreTable.Rows(evaluation.Classes, masks));
        Print(
            ["mean over images", "", "95 % interval"],
            evaluation.Means.Select(mean => new[]
            {
                EvaluationPage.TitleOf(mean.Key), Page.Number(mean.Value.Mean, 4), EvaluationPage.Interval(mean.Value),
            }));
        if (other is not null)
        {
            Print(
                [$"less {other}", "difference", "95 % interval", "p"],
                comparison.Select(row => new[]
                {
                    EvaluationPage.TitleOf(row.Measure),
                    Page.Number(row.Difference.Mean, 4),
                    EvaluationPage.Interval(row.Difference),
                    Page.Number(row.P, 4),
                }));
        }

        foreach (string line in EvaluationPage.Others(evaluation))
        {
            Console.WriteLine(line);
        }

        ImageScore worst = evaluation.Images.MinBy(image => image.Dice)!;
        Console.WriteLine($"mean dice {Page.Number(evaluation.MeanDice, 4)} over {evaluation.Images.Count} images, "
            + $"pixel accuracy {Page.Number(evaluation.PixelAccuracy, 4)}, "
            + $"worst {worst.Name} ({Page.Number(worst.Dice, 4)})");
    }

    private static void Print(string[] head, IEnumerable<string[]> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(Markup.Escape(head[0]))
            .AddColumns([.. head[1..].Select(name => new TableColumn(Markup.Escape(name)).RightAligned())]);
        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
    }
}
