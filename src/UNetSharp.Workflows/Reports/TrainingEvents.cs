using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Metrics;
using UNetSharp.Training;

namespace UNetSharp.Workflows;

/// <summary>
/// How training goes, for programs: a line of JSON for every step, every epoch and the end. The entry "event" says
/// which: step, epoch or end.
/// </summary>
public static class TrainingEvents
{
    private static readonly JsonSerializerOptions CamelCase =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>A step, or an epoch that is done and validated.</summary>
    public static string FormatProgress(TrainingProgress progress)
    {
        JsonObject line = new()
        {
            ["event"] = progress.IsEpochDone ? "epoch" : "step",
            ["epoch"] = progress.Epoch,
            ["epochs"] = progress.Epochs,
            ["step"] = progress.Step,
            ["steps"] = progress.Steps,
            ["loss"] = progress.Loss,
            ["batchLoss"] = progress.BatchLoss,
            ["lossTerms"] = new JsonObject(
                progress.LossTerms.Select(term => KeyValuePair.Create(term.Name, (JsonNode?)term.Value))),
            ["learningRate"] = progress.LearningRate,
            ["imagesPerSecond"] = progress.ImagesPerSecond,
            ["waitShare"] = progress.WaitShare,
            ["elapsedSeconds"] = progress.Elapsed.TotalSeconds,
            ["secondsLeft"] = progress.TimeLeft.TotalSeconds,
            ["residentBytes"] = Environment.WorkingSet,
        };
        if (progress.Warning is { } warning)
        {
            line["warning"] = warning;
        }

        if (progress.Validation is { } validation)
        {
            line["validation"] = CreateScores(validation);
        }

        return line.ToJsonString();
    }

    /// <summary>The end of training.</summary>
    /// <param name="isDone">Whether all epochs are done; else training can go on.</param>
    /// <param name="bestDice">Dice of the best weights on the validation images; null without any.</param>
    public static string FormatEnd(bool isDone, double? bestDice) => new JsonObject
    {
        ["event"] = "end",
        ["isDone"] = isDone,
        ["bestDice"] = bestDice,
    }.ToJsonString();

    private static JsonObject CreateScores(ValidationResult validation)
    {
        ConfusionMatrix pooled = validation.Pooled;
        return new JsonObject
        {
            ["dice"] = validation.MeanDice,
            ["iou"] = pooled.MeanForegroundIoU,
            ["precision"] = pooled.MeanForegroundPrecision,
            ["recall"] = pooled.MeanForegroundRecall,
            ["pixelAccuracy"] = pooled.PixelAccuracy,
            ["classes"] = JsonSerializer.SerializeToNode(validation.Classes, CamelCase),
            ["images"] = new JsonArray([.. validation.Images.Select(image => new JsonObject
            {
                ["name"] = image.Name,
                ["dice"] = image.Matrix.MeanForegroundDice,
            })]),
        };
    }
}
