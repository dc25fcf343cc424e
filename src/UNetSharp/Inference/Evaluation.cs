using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Inference;

/// <summary>Scores of one image.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Dice">Mean Dice of the image's foreground classes.</param>
public sealed record ImageScore(string Name, double Dice);

/// <summary>Scores of one class over the pixels of all images; see <see cref="ConfusionMatrix"/>.</summary>
public sealed record ClassScores(int Class, double Dice, double Iou, double Precision, double Recall);

/// <summary>How a trained network does on a data set.</summary>
/// <param name="MeanDice">Mean of the images' Dice.</param>
/// <param name="PixelAccuracy">Share of all pixels whose class is right.</param>
/// <param name="Classes">Scores of every class.</param>
/// <param name="Images">Scores of every image.</param>
public sealed record Evaluation(
    double MeanDice, double PixelAccuracy, IReadOnlyList<ClassScores> Classes, IReadOnlyList<ImageScore> Images)
{
    /// <summary>Segments and scores every pair at its own size.</summary>
    /// <param name="segmenter">The network.</param>
    /// <param name="pairs">Images and masks.</param>
    /// <param name="read">Decodes a file.</param>
    /// <param name="progress">Is told of every pair that is done: how many, of how many.</param>
    /// <exception cref="DataException">A file cannot be read, or a mask holds values that the network does not know.
    /// </exception>
    public static Evaluation Of(
        Segmenter segmenter, IReadOnlyList<ImagePair> pairs, PictureReader read, Action<int, int>? progress = null)
    {
        ConfusionMatrix pooled = new(segmenter.ClassCount);
        List<ImageScore> images = [];
        foreach (ImagePair pair in pairs)
        {
            Picture mask = pair.ReadMask(read);
            Segmentation result = segmenter.Segment(pair.ReadImage(read));
            SampleReader.RequireSameSize(pair, result.Size, new PictureSize(mask.Height, mask.Width));
            ConfusionMatrix own = new(segmenter.ClassCount);
            own.Add(segmenter.Masks.Read(pair.MaskText, mask), result.Classes(), MaskClasses.Ignored);
            pooled.Add(own);
            images.Add(new ImageScore(pair.Name, own.MeanForegroundDice));
            progress?.Invoke(images.Count, pairs.Count);
        }

        ClassScores[] classes =
        [
            .. Enumerable.Range(0, pooled.Classes).Select(k => new ClassScores(
                k, pooled.Dice(k), pooled.IoU(k), pooled.Precision(k), pooled.Recall(k))),
        ];
        return new Evaluation(images.Average(image => image.Dice), pooled.PixelAccuracy, classes, images);
    }
}
