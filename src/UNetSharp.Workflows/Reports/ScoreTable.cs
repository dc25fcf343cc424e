using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>Scores as a table of texts, for the terminal and for pages.</summary>
/// <param name="Header">What its columns are.</param>
/// <param name="Rows">Its rows, with as many texts each; the first one says what the row is about.</param>
public sealed record ScoreTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A row for each class; without scores of boundaries where none are known.</summary>
    /// <param name="classes">The scores; class 0 is the background.</param>
    /// <param name="masks">What classes are called.</param>
    internal static ScoreTable FromClasses(IReadOnlyList<ClassScores> classes, MaskClasses masks)
    {
        bool hasBoundaries = classes.Any(scores => scores.Hausdorff95 is not null);
        string[] boundaries = hasBoundaries ? ["Hausdorff-95", "boundary F"] : [];
        return new ScoreTable(
            ["class", "Dice (F1)", "IoU", "precision", "recall", .. boundaries],
            [.. classes.Select(scores => CreateRow(masks.GetName(scores.Class), scores, hasBoundaries))]);
    }

    /// <summary>A row for each measure: its mean over images with its interval.</summary>
    internal static ScoreTable FromMeans(Evaluation evaluation) => new(
        ["mean over images", "", "95 % interval"],
        [
            .. evaluation.Means.Select(mean => new[]
            {
                MeasureTitles.GetTitle(mean.Key), Page.FormatNumber(
                    mean.Value.Mean,
                    4), MeasureTitles.Interval(mean.Value),
            }),
        ]);

    /// <summary>A row for each measure: how two networks differ in it.</summary>
    internal static ScoreTable FromComparison(IReadOnlyList<Comparison> comparison) => new(
        ["measure", "this", "other", "difference", "95 % interval", "p"],
        [
            .. comparison.Select(row => new[]
            {
                MeasureTitles.GetTitle(row.Measure),
                Page.FormatNumber(row.First, 4),
                Page.FormatNumber(row.Second, 4),
                Page.FormatNumber(row.Difference.Mean, 4),
                MeasureTitles.Interval(row.Difference),
                Page.FormatNumber(row.P, 4),
            }),
        ]);

    private static string[] CreateRow(string name, ClassScores scores, bool hasBoundaries)
    {
        string[] regions =
        [
            name,
            Page.FormatNumber(scores.Dice, 4),
            Page.FormatNumber(scores.Iou, 4),
            Page.FormatNumber(scores.Precision, 4),
            Page.FormatNumber(scores.Recall, 4),
        ];
        return hasBoundaries
            ? [.. regions, Page.FormatNumber(scores.Hausdorff95, 2), Page.FormatNumber(scores.BoundaryF, 4)]
            : regions;
    }
}
