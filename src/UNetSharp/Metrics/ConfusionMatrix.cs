namespace UNetSharp.Metrics;

/// <summary>
/// Pixels counted by true and predicted class, and the scores that follow from the counts. With TP, FP and FN the true
/// positives, false positives and false negatives of a class:
/// <code>
/// Dice = 2 TP / (2 TP + FP + FN)    IoU = TP / (TP + FP + FN)    precision = TP / (TP + FP)    recall = TP / (TP + FN)
/// Fβ   = (1 + β²) TP / ((1 + β²) TP + β² FN + FP), the harmonic mean of precision and β² times recall; F1 is Dice
/// </code>
/// A class that is neither there nor predicted is predicted perfectly, so that all its scores are 1; it does not count
/// in means. A class that is there but never predicted, or the other way round, has 0 in all. Class 0 is the
/// background. Scores of one image come from a matrix of its own, pooled scores from one to which all images are added.
/// </summary>
public sealed class ConfusionMatrix
{
    private const int MaxClasses = byte.MaxValue + 1;
    private readonly long[,] _counts;

    /// <summary>Starts with nothing counted.</summary>
    /// <param name="classes">Number of classes, with the background; at most 256.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MaxClasses);
        Classes = classes;
        _counts = new long[classes, classes];
    }

    /// <summary>Number of classes, with the background.</summary>
    public int Classes { get; }

    /// <summary>Share of pixels whose class is predicted rightly.</summary>
    public double PixelAccuracy
    {
        get
        {
            long pixels = Pixels;
            return pixels == 0 ? 1 : (double)Enumerable.Range(0, Classes).Sum(TruePositives) / pixels;
        }
    }

    /// <summary>Number of pixels counted.</summary>
    public long Pixels => _counts.Cast<long>().Sum();

    /// <summary>Mean intersection over union of all classes that are there or predicted, with the background; 1 if
    /// there are none. It is the mIoU of Pascal VOC and Cityscapes.</summary>
    public double MeanIoU => AverageOverClasses(firstClass: 0, IoU);

    /// <summary>Mean Dice of the classes other than the background that are there or predicted; 1 if none is.</summary>
    public double MeanForegroundDice => AverageOverClasses(firstClass: 1, Dice);

    /// <summary>Mean intersection over union of the same classes; 1 if there are none.</summary>
    public double MeanForegroundIoU => AverageOverClasses(firstClass: 1, IoU);

    /// <summary>Mean precision of the same classes; 1 if there are none.</summary>
    public double MeanForegroundPrecision => AverageOverClasses(firstClass: 1, Precision);

    /// <summary>Mean recall of the same classes; 1 if there are none.</summary>
    public double MeanForegroundRecall => AverageOverClasses(firstClass: 1, Recall);

    /// <summary>Counts every pixel of an image.</summary>
    /// <exception cref="ArgumentException">The sizes differ, or a pixel is of a class that there is not; nothing is
    /// counted.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        RequireOneSize(truth, prediction);
        RequireClasses(truth, "truth");
        RequireClasses(prediction, "prediction");
        for (int i = 0; i < truth.Length; i++)
        {
            _counts[truth[i], prediction[i]]++;
        }
    }

    /// <summary>Counts the pixels of an image whose truth is not the ignored value.</summary>
    /// <param name="truth">Class of every pixel, or the ignored value.</param>
    /// <param name="prediction">Predicted class of every pixel; where the truth is ignored, anything.</param>
    /// <param name="ignored">What the truth is where nobody knows it, often 255.</param>
    /// <exception cref="ArgumentException">The sizes differ, or a pixel is of a class that there is not; nothing is
    /// counted.</exception>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, byte ignored)
    {
        RequireOneSize(truth, prediction);
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != ignored)
            {
                RequireClass(truth[i], i, "truth");
                RequireClass(prediction[i], i, "prediction");
            }
        }

        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != ignored)
            {
                _counts[truth[i], prediction[i]]++;
            }
        }
    }

    /// <summary>Adds the counts of another matrix.</summary>
    /// <exception cref="ArgumentException">The other one is of more or fewer classes.</exception>
    public void Add(ConfusionMatrix other)
    {
        if (other.Classes != Classes)
        {
            throw new ArgumentException($"A matrix of {other.Classes} classes cannot be added to one of {Classes}.");
        }

        for (int t = 0; t < Classes; t++)
        {
            for (int p = 0; p < Classes; p++)
            {
                _counts[t, p] += other._counts[t, p];
            }
        }
    }

    /// <summary>Pixels of one class that are predicted as another, or as the same one.</summary>
    public long Count(int truth, int predicted) => _counts[truth, predicted];

    /// <summary>Dice of a class.</summary>
    public double Dice(int k) => Score(k, 2 * TruePositives(k), Truth(k) + Predicted(k));

    /// <summary>Intersection over union of a class.</summary>
    public double IoU(int k) => Score(k, TruePositives(k), Truth(k) + Predicted(k) - TruePositives(k));

    /// <summary>Share of the pixels predicted as a class that belong to it.</summary>
    public double Precision(int k) => Score(k, TruePositives(k), Predicted(k));

    /// <summary>Share of the pixels of a class that are predicted as it.</summary>
    public double Recall(int k) => Score(k, TruePositives(k), Truth(k));

    /// <summary>Fβ of a class: recall counts β² times as much as precision.</summary>
    public double FBeta(int k, double beta)
    {
        double square = beta * beta;
        double whole = (square * Truth(k)) + Predicted(k);
        return !IsPresent(k) ? 1 : whole == 0 ? 0 : (1 + square) * TruePositives(k) / whole;
    }

    /// <summary>Whether any pixel belongs to a class or is predicted as it.</summary>
    public bool IsPresent(int k) => Truth(k) + Predicted(k) > 0;

    private static void RequireOneSize(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"Truth and prediction are of one size, but have {truth.Length} and {prediction.Length} pixels.");
        }
    }

    private void RequireClasses(ReadOnlySpan<byte> pixels, string what)
    {
        int stranger = pixels.IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (stranger >= 0)
        {
            RequireClass(pixels[stranger], stranger, what);
        }
    }

    private void RequireClass(byte k, int pixel, string what)
    {
        if (k >= Classes)
        {
            throw new ArgumentException(
                $"Pixel {pixel} of the {what} is of class {k}, but there are {Classes} classes.");
        }
    }

    private double AverageOverClasses(int firstClass, Func<int, double> score)
    {
        IEnumerable<int> classes = Enumerable.Range(firstClass, Classes - firstClass);
        double[] scores = [.. classes.Where(IsPresent).Select(score)];
        return scores.Length == 0 ? 1 : scores.Average();
    }

    private double Score(int k, long part, long whole) =>
        !IsPresent(k) ? 1 : whole == 0 ? 0 : (double)part / whole;

    private long TruePositives(int k) => _counts[k, k];

    private long Truth(int k) => Enumerable.Range(0, Classes).Sum(p => _counts[k, p]);

    private long Predicted(int k) => Enumerable.Range(0, Classes).Sum(t => _counts[t, k]);
}
