using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Inference;

/// <summary>Scores of membranes over all images, each at its best threshold; see <see cref="MembraneScores"/>.
/// </summary>
/// <param name="VRand">V-Rand after thinning.</param>
/// <param name="VRandThreshold">Its threshold.</param>
/// <param name="VInfo">V-Info after thinning.</param>
/// <param name="VInfoThreshold">Its threshold.</param>
/// <param name="PixelError">Share of pixels on the wrong side.</param>
/// <param name="PixelErrorThreshold">Its threshold.</param>
public sealed record MembraneResult(
    double VRand,
    double VRandThreshold,
    double VInfo,
    double VInfoThreshold,
    double PixelError,
    double PixelErrorThreshold)
{
    internal static MembraneResult FromScores(MembraneScores scores) => new(
        scores.VRand.Score,
        scores.VRand.Threshold,
        scores.VInfo.Score,
        scores.VInfo.Threshold,
        scores.PixelError.Error,
        scores.PixelError.Threshold);
}

/// <summary>How a trained network does on a data set.</summary>
/// <param name="MeanDice">Mean of the images' Dice.</param>
/// <param name="PixelAccuracy">Share of all pixels whose class is right.</param>
/// <param name="Classes">Scores of every class, over the pixels of all images.</param>
/// <param name="Means">Means over images by the names of <see cref="Metric"/>, with their intervals.</param>
/// <param name="Saliency">For one foreground class: means over images, and Fβ at the threshold that is best for all of
/// them; else null.</param>
/// <param name="Membranes">Scores of membranes, if asked for.</param>
/// <param name="Images">Scores of every image.</param>
public sealed record Evaluation(
    double MeanDice,
    double PixelAccuracy,
    IReadOnlyList<ClassScores> Classes,
    IReadOnlyDictionary<string, Estimate> Means,
    SaliencyScores? Saliency,
    MembraneResult? Membranes,
    IReadOnlyList<ImageScore> Images)
{
    /// <summary>Segments and scores every pair at its own size.</summary>
    /// <param name="segmenter">The network.</param>
    /// <param name="pairs">Images and masks, at least one pair.</param>
    /// <param name="read">Decodes a file.</param>
    /// <param name="progress">Is called for every pair that is done: how many, of how many.</param>
    /// <param name="membraneClass">The class that is membrane, for scores of what it separates; null for none.</param>
    /// <param name="masks">What mask values mean; null for what they meant in training.</param>
    /// <exception cref="DataException">A file cannot be read, or a mask holds values that stand for no class.
    /// </exception>
    public static Evaluation Compute(
        Segmenter segmenter,
        IReadOnlyList<ImagePair> pairs,
        PictureReader read,
        Action<int, int>? progress = null,
        int? membraneClass = null,
        MaskClasses? masks = null)
    {
        ConfusionMatrix pooled = new(segmenter.ClassCount);
        ThresholdCurve curve = new();
        MembraneScores membranes = new();
        List<ImageScore> images = [];
        foreach (ImagePair pair in pairs)
        {
            (Segmentation found, byte[] truth, _) = Segment(segmenter, pair, read, masks);
            byte[] prediction = found.ComputeClasses();
            ConfusionMatrix own = new(segmenter.ClassCount);
            own.Add(truth, prediction, MaskClasses.Ignored);
            pooled.Add(own);
            ClearIgnored(truth, prediction, found);
            images.Add(ImageScore.Compute(pair.Name, truth, prediction, found, own));
            if (pooled.Classes == 2)
            {
                curve.Add(found.GetProbability(1), truth);
            }

            if (membraneClass is { } k)
            {
                membranes.Add(found.GetProbability(k), ImageScore.CreateClassMask(k, truth), found.Size);
            }

            progress?.Invoke(images.Count, pairs.Count);
        }

        return new Evaluation(
            images.Average(image => image.Dice),
            pooled.PixelAccuracy,
            [.. Enumerable.Range(0, pooled.Classes).Select(k => PoolScores(k, pooled, images))],
            ComputeMeans(images),
            pooled.Classes == 2 ? PoolScores(curve, images) : null,
            membraneClass is null ? null : MembraneResult.FromScores(membranes),
            images);
    }

    /// <summary>Segments the image of a pair, and reads its mask.</summary>
    /// <returns>What is found, the true class of every pixel, and the picture.</returns>
    /// <exception cref="DataException">A file cannot be read, or a mask holds values that the network does not know.
    /// </exception>
    public static (Segmentation Found, byte[] Truth, Picture Picture) Segment(
        Segmenter segmenter, ImagePair pair, PictureReader read, MaskClasses? masks = null)
    {
        Picture picture = pair.ReadImage(read);
        Picture mask = pair.ReadMask(read, picture);
        Segmentation found = segmenter.Segment(picture);
        SampleReader.RequireSameSize(pair, found.Size, new PictureSize(mask.Height, mask.Width));
        return (found, (masks ?? segmenter.Masks).Read(pair.MaskText, mask), picture);
    }

    /// <summary>
    /// Makes pixels that do not count background on both sides, for scores of shapes and probabilities.
    /// </summary>
    private static void ClearIgnored(byte[] truth, byte[] prediction, Segmentation found)
    {
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == MaskClasses.Ignored)
            {
                truth[i] = prediction[i] = 0;
                Span<float> pixel = found.Probabilities.AsSpan(i * found.Channels, found.Channels);
                pixel.Clear();
                pixel[0] = found.Channels == 1 ? 0 : 1;
            }
        }
    }

    private static ClassScores PoolScores(int k, ConfusionMatrix pooled, List<ImageScore> images)
    {
        ClassScores[] own = [.. images.SelectMany(image => image.Classes).Where(scores => scores.Class == k)];
        return ClassScores.FromConfusionMatrix(
            pooled, k, own.Average(scores => scores.Hausdorff95), own.Average(scores => scores.BoundaryF));
    }

    private static SaliencyScores PoolScores(ThresholdCurve curve, List<ImageScore> images) => new(
        images.Average(image => image.Saliency!.MeanAbsoluteError),
        curve.MaxFBeta(),
        images.Average(image => image.Saliency!.SMeasure));

    private static Dictionary<string, Estimate> ComputeMeans(List<ImageScore> images) =>
        Metric.All.Select(measure => (measure.Name, Values: measure.GetValues(images)))
            .Where(measure => measure.Values.Length > 0)
            .ToDictionary(measure => measure.Name, measure => Bootstrap.Mean(measure.Values));
}
