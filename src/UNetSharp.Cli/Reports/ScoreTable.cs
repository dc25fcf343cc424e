using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Cli.Reports;

/// <summary>Scores by class as rows of texts, for the terminal and for pages.</summary>
internal static class ScoreTable
{
    /// <summary>Head of the table; without scores of boundaries where none are known.</summary>
    public static string[] Head(IReadOnlyList<ClassScores> classes) =>
    [
        "class", "Dice (F1)", "IoU", "precision", "recall",
        .. HasBoundaries(classes) ? ["Hausdorff-95", "boundary F"] : Array.Empty<string>(),
    ];

    /// <summary>A row for each class; 0 is the background.</summary>
    /// <param name="classes">The scores.</param>
    /// <param name="masks">What classes are called.</param>
    public static IEnumerable<string[]> Rows(IReadOnlyList<ClassScores> classes, MaskClasses masks) =>
        classes.Select(scores => Row(masks.NameOf(scores.Class), scores, HasBoundaries(classes)));

    private static string[] Row(string name, ClassScores scores, bool hasBoundaries)
    {
        string[] regions =
        [
            name,
            Page.Number(scores.Dice, 4),
            Page.Number(scores.Iou, 4),
            Page.Number(scores.Precision, 4),
            Page.Number(scores.Recall, 4),
        ];
        return hasBoundaries
            ? [.. regions, Page.Number(scores.Hausdorff95, 2), Page.Number(scores.BoundaryF, 4)]
            : regions;
    }

    private static bool HasBoundaries(IReadOnlyList<ClassScores> classes) =>
        classes.Any(scores => scores.Hausdorff95 is not null);
}
