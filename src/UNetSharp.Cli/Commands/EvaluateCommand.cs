using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Commands;

/// <summary>Scores a trained network on a data set.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly string[] ScoreNames = ["dice", "iou", "precision", "recall"];

    public static Command Build()
    {
        Option<string> weights = CommonOptions.Weights();
        Option<string?> model = CommonOptions.ModelOfWeights();
        Option<string> data = new("--data") { Description = "Folder with images/ and masks/ or the like", Required = true };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> exact = CommonOptions.Exact();
        Command command = new("evaluate", "Score a trained network on a folder of images and masks.")
        {
            weights, model, data, json, threads, exact,
        };
        command.SetAction(parsed => Guard.Run(() => Run(
            parsed.GetRequiredValue(weights),
            parsed.GetValue(model),
            parsed.GetRequiredValue(data),
            parsed.GetValue(json),
            CommonOptions.AtLeast(1, parsed.GetValue(threads), "--threads"),
            parsed.GetValue(exact))));
        return command;
    }

    private static int Run(string weights, string? model, string data, bool asJson, int threads, bool isExact)
    {
        using Segmenter segmenter = CommonOptions.Load(weights, model, threads, isExact);
        DataFolder folder = DataFolder.Find(data, ImageFile.CountPages);
        Evaluation evaluation = ProgressBar.Run(bar => Evaluation.Of(
            segmenter,
            folder.Pairs,
            ImageFile.Read,
            (done, count) => bar.Update((double)done / count, $"{done} of {count} images")));
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(evaluation, Readable));
        }
        else
        {
            Print(evaluation, segmenter.Masks);
        }

        return ExitCode.Done;
    }

    private static void Print(Evaluation evaluation, MaskClasses masks)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("class")
            .AddColumns([.. ScoreNames.Select(name => new TableColumn(name).RightAligned())]);
        foreach (ClassScores scores in evaluation.Classes)
        {
            table.AddRow(
                Markup.Escape(masks.NameOf(scores.Class)),
                Text(scores.Dice),
                Text(scores.Iou),
                Text(scores.Precision),
                Text(scores.Recall));
        }

        AnsiConsole.Write(table);
        ImageScore worst = evaluation.Images.MinBy(image => image.Dice)!;
        Console.WriteLine($"mean dice {Text(evaluation.MeanDice)} over {evaluation.Images.Count} images, pixel accuracy "
            + $"{Text(evaluation.PixelAccuracy)}, worst {worst.Name} ({Text(worst.Dice)})");
    }

    private static string Text(double score) => score.ToString("f4", CultureInfo.InvariantCulture);
}
