using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Metrics;

namespace UNetSharp.Cli.Reports;

/// <summary>The page of an evaluation: means with intervals, classes, the worst images, every image.</summary>
internal static class EvaluationPage
{
    /// <summary>How many images are drawn.</summary>
    public const int MostPictures = 24;

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

    /// <summary>The page's text.</summary>
    /// <param name="weights">What was evaluated.</param>
    /// <param name="data">On what.</param>
    /// <param name="evaluation">The scores.</param>
    /// <param name="masks">What classes are called.</param>
    /// <param name="worst">The images with the least Dice, the least first.</param>
    /// <param name="other">What it was compared with, or null.</param>
    /// <param name="comparison">Its differences; empty without.</param>
    public static string Of(
        string weights,
        string data,
        Evaluation evaluation,
        MaskClasses masks,
        IReadOnlyList<ScoredPicture> worst,
        string? other,
        IReadOnlyList<Comparison> comparison)
    {
        Estimate dice = evaluation.Means["dice"];
        return Page.Of($"{weights} on {data}", $"""
            <p class="big">Dice <b>{Page.Number(dice.Mean)}</b> ({Interval(dice)}),
            the mean of {evaluation.Images.Count} images</p>
            <h2>Means over images</h2>
            {Page.Table(
                ["measure", "mean", "95 % interval"],
                evaluation.Means.Select(mean => new[]
                {
                    TitleOf(mean.Key), Page.Number(mean.Value.Mean, 4), Interval(mean.Value),
                }))}
            <p class="soft">Intervals by bootstrap over images, 2000 draws. Without a class named, scores are means of
            the classes other than the background.</p>
            {(other is null ? "" : Compared(other, comparison))}
            <h2>Classes, over the pixels of all images</h2>
            {Page.Table(ScoreTable.Head(evaluation.Classes), ScoreTable.Rows(evaluation.Classes, masks))}
            <p>Pixel accuracy {Page.Number(evaluation.PixelAccuracy, 4)}.
            {Page.Text(string.Join(' ', Others(evaluation)))}</p>
            <p class="soft">Class 0 is the background. Distances and boundary scores are means over images; boundaries
            match within 0.75 % of the diagonal, at least one pixel.</p>
            <h2>Worst images first</h2>
            {Gallery.Draw(worst)}
            <h2>Every image, the worst first</h2>
            {EveryImage(evaluation)}
            """);
    }

    /// <summary>What a measure is called.</summary>
    public static string TitleOf(string measure) => Titles[measure];

    /// <summary>Scores that only some networks or questions have, as sentences.</summary>
    public static IEnumerable<string> Others(Evaluation evaluation)
    {
        if (evaluation.Saliency is { } saliency)
        {
            yield return $"Saliency: mean absolute error {Page.Number(saliency.MeanAbsoluteError, 4)}, "
                + $"S-measure {Page.Number(saliency.SMeasure, 4)}, "
                + $"max Fβ {Page.Number(saliency.MaxFBeta, 4)} at one threshold for all images.";
        }

        if (evaluation.Membranes is { } membranes)
        {
            yield return $"Membranes: V-Rand {Page.Number(membranes.VRand, 4)} "
                + $"(threshold {Page.Number(membranes.VRandThreshold, 1)}), V-Info {Page.Number(membranes.VInfo, 4)} "
                + $"({Page.Number(membranes.VInfoThreshold, 1)}), pixel error {Page.Number(membranes.PixelError, 4)} "
                + $"({Page.Number(membranes.PixelErrorThreshold, 1)}).";
        }
    }

    /// <summary>An interval as people write it.</summary>
    public static string Interval(Estimate estimate) =>
        $"{Page.Number(estimate.Low, 4)} to {Page.Number(estimate.High, 4)}";

    private static string Compared(string other, IReadOnlyList<Comparison> comparison) => $"""
        <h2>Compared with {Page.Text(other)}</h2>
        {Page.Table(
            ["measure", "this", "other", "difference", "95 % interval", "p"],
            comparison.Select(row => new[]
            {
                TitleOf(row.Measure),
                Page.Number(row.First, 4),
                Page.Number(row.Second, 4),
                Page.Number(row.Difference.Mean, 4),
                Interval(row.Difference),
                Page.Number(row.P, 4),
            }))}
        <p class="soft">Differences image by image, this less the other; p by a two-sided permutation test that flips
        their signs: how likely so large a mean difference is by chance, were both equally good.</p>
        """;

    private static string EveryImage(Evaluation evaluation)
    {
        Measure[] measures = [.. Measure.All.Where(measure => evaluation.Means.ContainsKey(measure.Name))];
        return Page.Table(
            measures.Select(measure => TitleOf(measure.Name)).Prepend("image"),
            evaluation.Images.OrderBy(image => image.Dice).Select(
                image => measures.Select(measure => Page.Number(measure.Of(image))).Prepend(image.Name)));
    }
}
