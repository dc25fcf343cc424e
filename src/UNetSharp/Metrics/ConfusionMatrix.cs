namespace UNetSharp.Metrics;

/// <summary>
/// Pixels counted by true and predicted class, and the scores that follow from the counts. With TP, FP and FN the true
/// positives, false positives and false negatives of a class:
/// <code>
/// Dice = 2 TP / (2 TP + FP + FN)    IoU = TP / (TP + FP + FN)    precision = TP / (TP + FP)    recall = TP / (TP + FN)
/// </code>
/// A score whose divisor is zero is 1: a class that is neither there nor predicted is predicted perfectly. Class 0 is
/// the background.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] _counts;

    /// <summary>Starts with nothing counted.</summary>
    /// <param name="classes">Number of classes, with the background.</param>
    public ConfusionMatrix(int classes)
    {
        Classes = classes;
        _counts = new long[classes, classes];
    }

    /// <summary>Number of classes, with the background.</summary>
    public int Classes { get; }

    /// <summary>Share of pixels whose class is predicted rightly.</summary>
    public double PixelAccuracy =>
        Ratio(Enumerable.Range(0, Classes).Sum(TruePositives), _counts.Cast<long>().Sum());

    /// <summary>Mean Dice of the classes other than the background that are there or predicted; 1 if none is.</summary>
    public double MeanForegroundDice
    {
        get
        {
            double[] scores = [.. Enumerable.Range(1, Classes - 1).Where(k => Truth(k) + Predicted(k) > 0).Select(Dice)];
            return scores.Length == 0 ? 1 : scores.Average();
        }
    }

    /// <summary>Counts every pixel of an image.</summary>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"Truth and prediction are of one size, but have {truth.Length} and {prediction.Length} pixels.");
        }

        for (int i = 0; i < truth.Length; i++)
        {
            _counts[truth[i], prediction[i]]++;
        }
    }

    /// <summary>Adds the counts of another matrix.</summary>
    public void Add(ConfusionMatrix other)
    {
        for (int t = 0; t < Classes; t++)
        {
            for (int p = 0; p < Classes; p++)
            {
                _counts[t, p] += other._counts[t, p];
            }
        }
    }

    /// <summary>Dice of a class.</summary>
    public double Dice(int k) => Ratio(2 * TruePositives(k), Truth(k) + Predicted(k));

    /// <summary>Intersection over union of a class.</summary>
    public double IoU(int k) => Ratio(TruePositives(k), Truth(k) + Predicted(k) - TruePositives(k));

    /// <summary>Share of the pixels predicted as a class that belong to it.</summary>
    public double Precision(int k) => Ratio(TruePositives(k), Predicted(k));

    /// <summary>Share of the pixels of a class that are predicted as it.</summary>
    public double Recall(int k) => Ratio(TruePositives(k), Truth(k));

    private static double Ratio(long part, long whole) => whole == 0 ? 1 : (double)part / whole;

    private long TruePositives(int k) => _counts[k, k];

    private long Truth(int k) => Enumerable.Range(0, Classes).Sum(p => _counts[k, p]);

    private long Predicted(int k) => Enumerable.Range(0, Classes).Sum(t => _counts[t, k]);
}
