using UNetSharp.Inference;

namespace UNetSharp.Cli.Reports;

/// <summary>Scores by class as rows of texts, for the terminal and for pages.</summary>
internal static class ClassTable
{
    /// <summary>Head of the table; without scores of boundaries where none are known.</summary>
    public static string[] Head(IReadOnlyList<ClassScores> classes) =>
    [
        "class", "Dice (F1)", "IoU", "precision", "recall",
        .. HasBoundaries(classes) ? ["Hausdorff-95", "boundary F"] : Array.Empty<string>(),
    ];

    /// <summary>A row for each class; 0 is the background.</summary>
    public static IEnumerable<string[]> Rows(IReadOnlyList<ClassScores> classes) =>
        classes.Select(scores => Row(scores, HasBoundaries(classes)));

    private static string[] Row(ClassScores scores, bool hasBoundaries)
    {
        string[] regions =
        [
            $"{scores.Class}",
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
