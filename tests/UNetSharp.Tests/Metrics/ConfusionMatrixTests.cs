using UNetSharp.Metrics;

namespace UNetSharp.Tests.Metrics;

/// <summary>Scores against values computed by hand.</summary>
public sealed class ConfusionMatrixTests
{
    private const int Digits = 12;

    [Fact]
    public void Scores_of_three_classes()
    {
        // Rows: truth 0, 1, 2; columns: predicted 0, 1, 2.
        //   3 1 0
        //   0 2 2
        //   1 0 1
        ConfusionMatrix matrix = Create(3, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1, 2, 2, 0, 2]);

        AssertScores(matrix, 0, dice: 6.0 / 8, iou: 3.0 / 5, precision: 3.0 / 4, recall: 3.0 / 4);
        AssertScores(matrix, 1, dice: 4.0 / 7, iou: 2.0 / 5, precision: 2.0 / 3, recall: 2.0 / 4);
        AssertScores(matrix, 2, dice: 2.0 / 5, iou: 1.0 / 4, precision: 1.0 / 3, recall: 1.0 / 2);
        Assert.Equal(6.0 / 10, matrix.PixelAccuracy, Digits);
        Assert.Equal(((4.0 / 7) + (2.0 / 5)) / 2, matrix.MeanForegroundDice, Digits);
        Assert.Equal(((2.0 / 5) + (1.0 / 4)) / 2, matrix.MeanForegroundIoU, Digits);
        Assert.Equal(((2.0 / 3) + (1.0 / 3)) / 2, matrix.MeanForegroundPrecision, Digits);
        Assert.Equal(((2.0 / 4) + (1.0 / 2)) / 2, matrix.MeanForegroundRecall, Digits);
    }

    [Fact]
    public void Two_classes_have_one_foreground()
    {
        ConfusionMatrix matrix = Create(2, [0, 0, 1, 1, 1], [0, 1, 1, 1, 0]);

        AssertScores(matrix, 1, dice: 4.0 / 6, iou: 2.0 / 4, precision: 2.0 / 3, recall: 2.0 / 3);
        Assert.Equal(matrix.Dice(1), matrix.MeanForegroundDice);
    }

    [Fact]
    public void An_empty_mask_predicted_empty_is_perfect()
    {
        ConfusionMatrix matrix = Create(2, [0, 0], [0, 0]);

        AssertScores(matrix, 1, dice: 1, iou: 1, precision: 1, recall: 1);
        Assert.Equal(1, matrix.MeanForegroundDice);
        Assert.Equal(1, matrix.PixelAccuracy);
    }

    [Fact]
    public void Predicting_nothing_where_there_is_something_scores_zero_throughout() =>
        AssertScores(Create(2, [0, 1], [0, 0]), 1, dice: 0, iou: 0, precision: 0, recall: 0);

    [Fact]
    public void Predicting_something_where_there_is_nothing_scores_zero_throughout() =>
        AssertScores(Create(2, [0, 0], [0, 1]), 1, dice: 0, iou: 0, precision: 0, recall: 0);

    [Fact]
    public void A_class_that_is_neither_there_nor_predicted_does_not_count_in_the_mean()
    {
        ConfusionMatrix matrix = Create(4, [0, 1, 1, 3], [0, 1, 0, 0]);

        AssertScores(matrix, 2, dice: 1, iou: 1, precision: 1, recall: 1);
        Assert.Equal(((2.0 / 3) + 0) / 2, matrix.MeanForegroundDice, Digits);
        Assert.Equal(((1.0 / 2) + 0) / 2, matrix.MeanForegroundIoU, Digits);
    }

    [Fact]
    public void Pooled_scores_are_those_of_all_pixels_and_differ_from_the_mean_of_images()
    {
        ConfusionMatrix first = Create(2, [1, 1, 1, 1], [1, 1, 1, 1]);
        ConfusionMatrix second = Create(2, [1, 0], [0, 0]);

        ConfusionMatrix pooled = new(2);
        pooled.Add(first);
        pooled.Add(second);

        Assert.Equal(8.0 / 9, pooled.Dice(1), Digits);
        Assert.Equal(5.0 / 6, pooled.PixelAccuracy, Digits);
        Assert.Equal(1.0 / 2, (first.MeanForegroundDice + second.MeanForegroundDice) / 2, Digits);
    }

    [Fact]
    public void Nothing_counted_is_nothing_wrong()
    {
        ConfusionMatrix matrix = new(3);

        AssertScores(matrix, 2, dice: 1, iou: 1, precision: 1, recall: 1);
        Assert.Equal(1, matrix.MeanForegroundDice);
        Assert.Equal(1, matrix.PixelAccuracy);
    }

    [Fact]
    public void All_256_classes_of_a_byte_can_be_counted()
    {
        byte[] classes = [.. Enumerable.Range(0, 256).Select(k => (byte)k)];

        Assert.Equal(1, Create(256, classes, classes).Dice(255));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_of_it_counted()
    {
        ConfusionMatrix matrix = Create(2, [0], [1]);

        Refuses(() => matrix.Add([0, 0], [0]), "2 and 1 pixels");
        Refuses(() => matrix.Add([0, 0, 2], [0, 0, 0]), "Pixel 2 of the truth is of class 2, but there are 2 classes");
        Refuses(() => matrix.Add([0, 0], [0, 255]), "Pixel 1 of the prediction is of class 255");
        Refuses(() => matrix.Add(new ConfusionMatrix(3)), "3 classes cannot be added to one of 2");
        Refuses(() => matrix.Add(new ConfusionMatrix(1)), "1 classes cannot be added to one of 2");
        Refuses(() => Create(0, [], []), "classes");
        Refuses(() => Create(257, [], []), "classes");
        Assert.Equal(0, matrix.PixelAccuracy);

        static void Refuses(Action action, string reason) =>
            Assert.Contains(reason, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FBeta_lies_between_precision_and_recall()
    {
        // TP 2, FP 1, FN 2: precision 2/3, recall 1/2.
        ConfusionMatrix matrix = Create(2, [0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0]);

        Assert.Equal(matrix.Dice(1), matrix.FBeta(1, beta: 1), Digits);
        Assert.Equal(matrix.Precision(1), matrix.FBeta(1, beta: 0), Digits);
        Assert.Equal(5 * (2.0 / 3) * 0.5 / ((4 * (2.0 / 3)) + 0.5), matrix.FBeta(1, beta: 2), Digits);
        Assert.Equal(matrix.Recall(1), matrix.FBeta(1, beta: 1e6), 9);
        Assert.Equal(1, new ConfusionMatrix(2).FBeta(1, beta: 0));
        Assert.Equal(0, Create(2, [1], [0]).FBeta(1, beta: 0));
    }

    [Fact]
    public void The_mean_over_all_classes_has_the_background_too()
    {
        ConfusionMatrix matrix = Create(3, [0, 0, 1, 1], [0, 1, 1, 1]);

        Assert.Equal(((1.0 / 2) + (2.0 / 3)) / 2, matrix.MeanIoU, Digits);
        Assert.Equal((4, 1, 0), (matrix.Pixels, matrix.Count(truth: 0, predicted: 1), matrix.Count(1, 0)));
    }

    [Fact]
    public void Ignored_pixels_are_not_counted_whatever_is_predicted_there()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add([0, 1, 255, 255], [0, 1, 1, 9], ignored: 255);

        Assert.Equal((2, 1), (matrix.Pixels, matrix.PixelAccuracy));
        ArgumentException e = Assert.Throws<ArgumentException>(() => matrix.Add([0, 1, 255], [0, 2, 0], ignored: 255));
        Assert.Contains("Pixel 1 of the prediction is of class 2", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => matrix.Add([0, 7, 255], [0, 0, 0], ignored: 255));
        Assert.Equal(2, matrix.Pixels);
    }

    private static ConfusionMatrix Create(int classes, byte[] truth, byte[] prediction)
    {
        ConfusionMatrix matrix = new(classes);
        matrix.Add(truth, prediction);
        return matrix;
    }

    private static void AssertScores(
        ConfusionMatrix matrix, int k, double dice, double iou, double precision, double recall)
    {
        Assert.Equal(dice, matrix.Dice(k), Digits);
        Assert.Equal(iou, matrix.IoU(k), Digits);
        Assert.Equal(precision, matrix.Precision(k), Digits);
        Assert.Equal(recall, matrix.Recall(k), Digits);
    }
}
