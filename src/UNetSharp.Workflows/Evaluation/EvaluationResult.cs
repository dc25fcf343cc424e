using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Data;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>What an evaluation found.</summary>
/// <param name="Evaluation">The scores.</param>
/// <param name="Masks">What classes are called.</param>
/// <param name="Comparison">How the network differs from the one that it is compared with; empty without one.</param>
/// <param name="LeftOut">What was wrong with the pairs that were left out, a line each.</param>
public sealed record EvaluationResult(
    Evaluation Evaluation, MaskClasses Masks, IReadOnlyList<Comparison> Comparison, IReadOnlyList<string> LeftOut)
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Scores of every class, over the pixels of all images.</summary>
    public ScoreTable Classes => ScoreTable.FromClasses(Evaluation.Classes, Masks);

    /// <summary>Means over images with their intervals.</summary>
    public ScoreTable Means => ScoreTable.FromMeans(Evaluation);

    /// <summary>Differences to the network that this one is compared with; null without one.</summary>
    public ScoreTable? Differences => Comparison.Count > 0 ? ScoreTable.FromComparison(Comparison) : null;

    /// <summary>Scores that only some networks or questions have, as sentences.</summary>
    public IEnumerable<string> OtherScores
    {
        get
        {
            if (Evaluation.Saliency is { } saliency)
            {
                yield return $"Saliency: mean absolute error {Page.FormatNumber(saliency.MeanAbsoluteError, 4)}, "
                    + $"S-measure {Page.FormatNumber(saliency.SMeasure, 4)}, "
                    + $"max Fβ {Page.FormatNumber(saliency.MaxFBeta, 4)} at one threshold for all images.";
            }

            if (Evaluation.Membranes is { } membranes)
            {
                yield return $"Membranes: V-Rand {Page.FormatNumber(membranes.VRand, 4)} "
                    + $"(threshold {Page.FormatNumber(membranes.VRandThreshold, 1)}), "
                    + $"V-Info {Page.FormatNumber(membranes.VInfo, 4)} "
                    + $"({Page.FormatNumber(membranes.VInfoThreshold, 1)}), "
                    + $"pixel error {Page.FormatNumber(membranes.PixelError, 4)} "
                    + $"({Page.FormatNumber(membranes.PixelErrorThreshold, 1)}).";
            }
        }
    }

    /// <summary>The whole result in one sentence.</summary>
    public string Summary
    {
        get
        {
            ImageScore worst = Evaluation.Images.MinBy(image => image.Dice)!;
            return $"mean dice {Page.FormatNumber(Evaluation.MeanDice, 4)} over {Evaluation.Images.Count} images, "
                + $"pixel accuracy {Page.FormatNumber(Evaluation.PixelAccuracy, 4)}, "
                + $"worst {worst.Name} ({Page.FormatNumber(worst.Dice, 4)})";
        }
    }

    /// <summary>All scores as JSON.</summary>
    public string ToJson()
    {
        JsonObject scores = JsonSerializer.SerializeToNode(Evaluation, Readable)!.AsObject();
        if (Comparison.Count > 0)
        {
            scores["comparison"] = JsonSerializer.SerializeToNode(Comparison, Readable);
        }

        return scores.ToJsonString(Readable);
    }
}
