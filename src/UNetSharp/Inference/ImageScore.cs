using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Inference;

/// <summary>Scores of one class, of an image or over the pixels of all; see <see cref="ConfusionMatrix"/>.</summary>
/// <param name="Class">The class; 0 is the background.</param>
/// <param name="Dice">Dice.</param>
/// <param name="Iou">Intersection over union.</param>
/// <param name="Precision">Share of what is predicted that is right.</param>
/// <param name="Recall">Share of what is there that is predicted.</param>
/// <param name="F1">Fβ with β = 1, which is Dice by another name.</param>
/// <param name="Hausdorff95">95th percentile Hausdorff distance in pixels; over several images the mean of those that
/// show or predict the class; null of the background.</param>
/// <param name="BoundaryF">Boundary F score with a tolerance of 0.75 % of the diagonal, at least one pixel; mean and
/// null as with the distance.</param>
public sealed record ClassScores(
    int Class,
    double Dice,
    double Iou,
    double Precision,
    double Recall,
    double F1,
    double? Hausdorff95,
    double? BoundaryF)
{
    /// <summary>What the counts of pixels say, with boundary scores that are known.</summary>
    internal static ClassScores FromConfusionMatrix(
        ConfusionMatrix matrix, int k, double? hausdorff, double? boundaryF) => new(
        k,
        matrix.Dice(k),
        matrix.IoU(k),
        matrix.Precision(k),
        matrix.Recall(k),
        matrix.FBeta(k, beta: 1),
        hausdorff,
        boundaryF);
}

/// <summary>How well probabilities of one foreground class fit a mask, whatever the threshold.</summary>
/// <param name="MeanAbsoluteError">Mean of |probability − truth|.</param>
/// <param name="MaxFBeta">Largest Fβ of all thresholds, β² = 0.3; see <see cref="ThresholdCurve"/>.</param>
/// <param name="SMeasure">See <see cref="Saliency.StructureMeasure"/>.</param>
public sealed record SaliencyScores(double MeanAbsoluteError, double MaxFBeta, double SMeasure);

/// <summary>Scores of one image; those without a class are means of its foreground classes.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Dice">Dice.</param>
/// <param name="Iou">Intersection over union.</param>
/// <param name="Precision">Precision.</param>
/// <param name="Recall">Recall.</param>
/// <param name="PixelAccuracy">Share of pixels whose class is right, with the background.</param>
/// <param name="Hausdorff95">95th percentile Hausdorff distance in pixels; 0 of an image without foreground.</param>
/// <param name="BoundaryF">Boundary F score; 1 of an image without foreground.</param>
/// <param name="Saliency">For one foreground class, else null.</param>
/// <param name="Classes">Scores of the classes that are there or predicted, with the background.</param>
public sealed record ImageScore(
    string Name,
    double Dice,
    double Iou,
    double Precision,
    double Recall,
    double PixelAccuracy,
    double Hausdorff95,
    double BoundaryF,
    SaliencyScores? Saliency,
    IReadOnlyList<ClassScores> Classes)
{
    // Csurka, Larlus and Perronnin 2013: boundaries match within 0.75 % of the diagonal.
    private const double ToleranceShare = 0.0075;

    /// <summary>Scores an image.</summary>
    /// <param name="name">Name of the pair.</param>
    /// <param name="truth">Class of every pixel.</param>
    /// <param name="prediction">Predicted class of every pixel.</param>
    /// <param name="found">What the network found, for scores without a threshold.</param>
    /// <param name="matrix">The image's counts.</param>
    internal static ImageScore Compute(
        string name, byte[] truth, byte[] prediction, Segmentation found, ConfusionMatrix matrix)
    {
        ClassScores[] classes =
        [
            .. Enumerable.Range(0, matrix.Classes).Where(matrix.IsPresent)
                .Select(k => ComputeClassScores(k, truth, prediction, found.Size, matrix)),
        ];
        ClassScores[] foreground = [.. classes.Where(scores => scores.Class > 0)];
        return new ImageScore(
            name,
            matrix.MeanForegroundDice,
            matrix.MeanForegroundIoU,
            matrix.MeanForegroundPrecision,
            matrix.MeanForegroundRecall,
            matrix.PixelAccuracy,
            foreground.Average(scores => scores.Hausdorff95) ?? 0,
            foreground.Average(scores => scores.BoundaryF) ?? 1,
            matrix.Classes == 2 ? ComputeSaliency(truth, found) : null,
            classes);
    }

    private static ClassScores ComputeClassScores(
        int k, byte[] truth, byte[] prediction, PictureSize size, ConfusionMatrix matrix)
    {
        if (k == 0)
        {
            return ClassScores.FromConfusionMatrix(matrix, k, hausdorff: null, boundaryF: null);
        }

        byte[] there = CreateClassMask(k, truth);
        byte[] predicted = CreateClassMask(k, prediction);
        double tolerance = Math.Max(1, ToleranceShare * double.Hypot(size.Height, size.Width));
        return ClassScores.FromConfusionMatrix(
            matrix,
            k,
            BoundaryScores.Hausdorff(there, predicted, size),
            BoundaryScores.BoundaryF(there, predicted, size, tolerance));
    }

    private static SaliencyScores ComputeSaliency(byte[] truth, Segmentation found)
    {
        float[] probability = found.GetProbability(1);
        ThresholdCurve curve = new();
        curve.Add(probability, truth);
        return new SaliencyScores(
            Metrics.Saliency.MeanAbsoluteError(probability, truth),
            curve.MaxFBeta(),
            Metrics.Saliency.StructureMeasure(probability, truth, found.Size));
    }

    /// <summary>1 where a pixel is of the class.</summary>
    internal static byte[] CreateClassMask(int k, byte[] classes) =>
        Array.ConvertAll(classes, c => (byte)(c == k ? 1 : 0));
}
