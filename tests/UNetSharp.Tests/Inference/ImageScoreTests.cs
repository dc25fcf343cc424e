using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Metrics;
using UNetSharp.Tests.Metrics;

namespace UNetSharp.Tests.Inference;

public sealed class ImageScoreTests
{
    private static readonly PictureSize Size = new(4, 6);

    [Fact]
    public void A_square_that_is_predicted_one_pixel_aside()
    {
        (byte[] truth, _) = Masks.Draw("......", ".##...", ".##...", "......");
        (byte[] prediction, _) = Masks.Draw("......", "..##..", "..##..", "......");

        ImageScore score = Score(truth, prediction);

        // 2 of 4 pixels each: Dice and both shares 1/2, IoU 2 / 6; 4 of 24 pixels are wrong.
        Assert.Equal(0.5, score.Dice, 1e-12);
        Assert.Equal(1.0 / 3, score.Iou, 1e-12);
        Assert.Equal(0.5, score.Precision, 1e-12);
        Assert.Equal(0.5, score.Recall, 1e-12);
        Assert.Equal(20.0 / 24, score.PixelAccuracy, 1e-12);
        Assert.Equal(1, score.Hausdorff95, 1e-12);
        Assert.Equal(1, score.BoundaryF, 1e-12); // within the tolerance of one pixel
        Assert.Equal(4.0 / 24, score.Saliency!.MeanAbsoluteError, 1e-6);
        Assert.Equal([0, 1], score.Classes.Select(k => k.Class));
        Assert.Null(score.Classes[0].Hausdorff95);
        Assert.Equal(score.Dice, score.Classes[1].F1, 1e-12);
    }

    [Fact]
    public void An_image_without_foreground_that_is_seen_as_such_is_perfect()
    {
        ImageScore score = Score(new byte[24], new byte[24]);

        Assert.Equal((1, 1, 0, 1), (score.Dice, score.PixelAccuracy, score.Hausdorff95, score.BoundaryF));
        Assert.Equal(0, Assert.Single(score.Classes).Class);
    }

    [Fact]
    public void A_class_s_probability_is_read_from_one_channel_or_several()
    {
        Segmentation one = new(new PictureSize(1, 2), 1, [0.25f, 1]);
        Segmentation three = new(new PictureSize(1, 2), 3, [0.5f, 0.25f, 0.125f, 0, 1, 0]);

        Assert.Equal([0.75f, 0], one.GetProbability(0));
        Assert.Equal([0.25f, 1], one.GetProbability(1));
        Assert.Equal([0.125f, 0], three.GetProbability(2));
    }

    [Fact]
    public void Two_networks_are_compared_image_by_image()
    {
        Evaluation better = WithDice(0.5, 0.7, 0.9);
        Evaluation worse = WithDice(0.4, 0.6, 0.8);

        Comparison dice = Assert.Single(Comparison.Compare(better, worse));

        Assert.Equal("dice", dice.Measure);
        Assert.Equal((0.7, 0.6), (Math.Round(dice.First, 12), Math.Round(dice.Second, 12)));
        Assert.Equal(0.1, dice.Difference.Mean, 1e-12);
        Assert.Equal(0.1, dice.Difference.Low, 1e-12);
        Assert.Equal(0.25, dice.P, 1e-12); // all + and all − of eight choices of signs
        Assert.Throws<ArgumentException>(() => Comparison.Compare(better, WithDice(0.4)));
    }

    private static Evaluation WithDice(params double[] dice) => new(
        dice.Average(),
        PixelAccuracy: 1,
        [],
        new Dictionary<string, Estimate> { ["dice"] = Bootstrap.Mean(dice) },
        Saliency: null,
        Membranes: null,
        [.. dice.Select((value, i) => new ImageScore($"image-{i}", value, 1, 1, 1, 1, 0, 1, null, []))]);

    private static ImageScore Score(byte[] truth, byte[] prediction)
    {
        ConfusionMatrix matrix = new(classes: 2);
        matrix.Add(truth, prediction);
        Segmentation found = new(Size, 1, Array.ConvertAll(prediction, k => (float)k));
        return ImageScore.Compute("image", truth, prediction, found, matrix);
    }
}
