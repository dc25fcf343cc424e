namespace UNetSharp.Metrics;

/// <summary>
/// Precision and recall of maps of probabilities at 256 thresholds, each the mean over images, and the largest Fβ of
/// them (Achanta, Hemami, Estrada and Süsstrunk 2009, https://doi.org/10.1109/CVPR.2009.5206596), the max Fβ of
/// salient object detection with β² = 0.3:
/// <code>
/// Fβ = (1 + β²) · precision · recall / (β² · precision + recall)
/// </code>
/// Probabilities are rounded to 256 levels, as maps saved as images are; at threshold t all of level t and above is
/// foreground. Of an image without foreground the recall is 1 where nothing is found and 0 else, and where nothing is
/// found the precision is 1 if there is nothing and 0 else.
/// </summary>
public sealed class ThresholdCurve
{
    /// <summary>β² of salient object detection.</summary>
    public const double SaliencyBetaSquared = 0.3;

    private const int Levels = 256;
    private readonly double[] _precision = new double[Levels];
    private readonly double[] _recall = new double[Levels];

    /// <summary>Number of images.</summary>
    public int Images { get; private set; }

    /// <summary>Adds an image.</summary>
    /// <param name="prediction">Probabilities; what is below 0 or above 1 counts as that.</param>
    /// <param name="truth">As many pixels; what is not 0 is foreground.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<byte> truth)
    {
        PixelCountCheck.RequireSameLength(truth.Length, prediction.Length);
        Span<long> foreground = stackalloc long[Levels];
        Span<long> background = stackalloc long[Levels];
        foreground.Clear();
        background.Clear();
        for (int i = 0; i < truth.Length; i++)
        {
            (truth[i] != 0 ? foreground : background)[GetLevel(prediction[i])]++;
        }

        long positives = truth.Length - truth.Count((byte)0);
        long hits = 0, found = 0;
        for (int level = Levels - 1; level >= 0; level--)
        {
            hits += foreground[level];
            found += foreground[level] + background[level];
            double nothing = positives + found == 0 ? 1 : 0;
            _precision[level] += found == 0 ? nothing : (double)hits / found;
            _recall[level] += positives == 0 ? nothing : (double)hits / positives;
        }

        Images++;
    }

    /// <summary>Mean precision at a threshold of 0..255; 1 without images.</summary>
    public double Precision(int threshold) => Images == 0 ? 1 : _precision[threshold] / Images;

    /// <summary>Mean recall at a threshold of 0..255; 1 without images.</summary>
    public double Recall(int threshold) => Images == 0 ? 1 : _recall[threshold] / Images;

    /// <summary>The largest Fβ of all thresholds.</summary>
    public double MaxFBeta(double betaSquared = SaliencyBetaSquared) =>
        Enumerable.Range(0, Levels).Max(level => FBeta(Precision(level), Recall(level), betaSquared));

    private static double FBeta(double precision, double recall, double betaSquared)
    {
        double below = (betaSquared * precision) + recall;
        return below == 0 ? 0 : (1 + betaSquared) * precision * recall / below;
    }

    private static int GetLevel(float probability) => float.IsNaN(probability)
        ? 0
        : (int)Math.Round(Math.Clamp((double)probability, 0, 1) * (Levels - 1));
}
