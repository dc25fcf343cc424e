namespace UNetSharp.Inference;

/// <summary>A figure that every image has, so that it has a mean over images and two networks can be compared by it.
/// </summary>
/// <param name="Name">Its name in files.</param>
/// <param name="IsHigherBetter">Whether more is better.</param>
/// <param name="GetValue">The figure of an image; null where the network has no such.</param>
public sealed record Metric(string Name, bool IsHigherBetter, Func<ImageScore, double?> GetValue)
{
    /// <summary>Every measure.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("dice", true, image => image.Dice),
        new("iou", true, image => image.Iou),
        new("precision", true, image => image.Precision),
        new("recall", true, image => image.Recall),
        new("pixelAccuracy", true, image => image.PixelAccuracy),
        new("hausdorff95", false, image => image.Hausdorff95),
        new("boundaryF", true, image => image.BoundaryF),
        new("meanAbsoluteError", false, image => image.Saliency?.MeanAbsoluteError),
        new("maxFBeta", true, image => image.Saliency?.MaxFBeta),
        new("sMeasure", true, image => image.Saliency?.SMeasure),
    ];

    /// <summary>The figure of every image; empty where the network has no such.</summary>
    internal double[] GetValues(IEnumerable<ImageScore> images) => [.. images.Select(GetValue).OfType<double>()];
}
