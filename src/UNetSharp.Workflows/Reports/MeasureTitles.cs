using UNetSharp.Metrics;

namespace UNetSharp.Workflows;

/// <summary>What measures are called where people read them.</summary>
internal static class MeasureTitles
{
    private static readonly Dictionary<string, string> Titles = new()
    {
        ["dice"] = "Dice",
        ["iou"] = "IoU",
        ["precision"] = "precision",
        ["recall"] = "recall",
        ["pixelAccuracy"] = "pixel accuracy",
        ["hausdorff95"] = "Hausdorff-95 (pixels)",
        ["boundaryF"] = "boundary F",
        ["meanAbsoluteError"] = "mean absolute error",
        ["maxFBeta"] = "max Fβ (β² = 0.3)",
        ["sMeasure"] = "S-measure",
    };

    /// <summary>What a measure is called.</summary>
    public static string GetTitle(string measure) => Titles[measure];

    /// <summary>An interval as people write it.</summary>
    public static string Interval(Estimate estimate) =>
        $"{Page.FormatNumber(estimate.Low, 4)} to {Page.FormatNumber(estimate.High, 4)}";
}
