using UNetSharp.Inference;
using UNetSharp.Metrics;

namespace UNetSharp.Workflows;

/// <summary>The page of an evaluation: means with intervals, classes, the worst images, every image.</summary>
internal static class EvaluationPage
{
    /// <summary>How many images are drawn.</summary>
    public const int MaxPictures = 24;

    /// <summary>The page's text.</summary>
    /// <param name="settings">What was evaluated, on what, and compared with what.</param>
    /// <param name="result">The scores.</param>
    /// <param name="worst">The images with the least Dice, the least first.</param>
    public static string Compose(
        EvaluationSettings settings, EvaluationResult result, IReadOnlyList<ScoredPicture> worst)
    {
        Evaluation evaluation = result.Evaluation;
        Estimate dice = evaluation.Means["dice"];
        return Page.Compose($"{settings.Weights} on {settings.Data.ImagesPath}", $"""
            <p class="big">Dice <b>{Page.FormatNumber(dice.Mean)}</b> ({MeasureTitles.Interval(dice)}),
            the mean of {evaluation.Images.Count} images</p>
            <h2>Means over images</h2>
            {Page.RenderTable(result.Means)}
            <p class="soft">Intervals by bootstrap over images, 2000 draws. Without a class named, scores are means of
            the classes other than the background.</p>
            {(result.Differences is { } differences ? RenderComparison(settings.Compared!, differences) : "")}
            <h2>Classes, over the pixels of all images</h2>
            {Page.RenderTable(result.Classes)}
            <p>Pixel accuracy {Page.FormatNumber(evaluation.PixelAccuracy, 4)}.
            {Page.Encode(string.Join(' ', result.OtherScores))}</p>
            <p class="soft">Class 0 is the background. Distances and boundary scores are means over images; boundaries
            match within 0.75 % of the diagonal, at least one pixel.</p>
            <h2>Worst images first</h2>
            {Gallery.Draw(worst)}
            <h2>Every image, the worst first</h2>
            {RenderImages(evaluation)}
            """);
    }

    private static string RenderComparison(string other, ScoreTable differences) => $"""
        <h2>Compared with {Page.Encode(other)}</h2>
        {Page.RenderTable(differences)}
        <p class="soft">Differences image by image, this less the other; p by a two-sided permutation test that flips
        their signs: how likely so large a mean difference is by chance, were both equally good.</p>
        """;

    private static string RenderImages(Evaluation evaluation)
    {
        Metric[] measures = [.. Metric.All.Where(measure => evaluation.Means.ContainsKey(measure.Name))];
        return Page.RenderTable(
            measures.Select(measure => MeasureTitles.GetTitle(measure.Name)).Prepend("image"),
            evaluation.Images.OrderBy(image => image.Dice).Select(
                image => measures.Select(measure => Page.FormatNumber(measure.GetValue(image))).Prepend(image.Name)));
    }
}
