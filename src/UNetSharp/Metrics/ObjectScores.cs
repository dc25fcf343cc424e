namespace UNetSharp.Metrics;

/// <summary>
/// How well objects are found one by one. A true and a predicted object match at a threshold t if their IoU is at least
/// t; from 1/2 on an object has one partner at most, but for ties at exactly 1/2, of which one counts.
/// </summary>
/// <param name="Truth">Number of true objects.</param>
/// <param name="Predicted">Number of predicted objects.</param>
/// <param name="Matches">Matches at each of the <see cref="Thresholds"/>.</param>
/// <param name="Certain">Matches with an IoU above 1/2, and the sum of their IoU.</param>
/// <param name="Shared">Pixels of the aggregated Jaccard index's intersection.</param>
/// <param name="United">Pixels of its union.</param>
public sealed record ObjectScores(
    int Truth, int Predicted, IReadOnlyList<int> Matches, (int Count, double IoU) Certain, long Shared, long United)
{
    private const int ThresholdOf75 = 5;

    /// <summary>0.5, 0.55, …, 0.95, as COCO has them (Lin et al. 2014, https://arxiv.org/abs/1405.0312).</summary>
    public static IReadOnlyList<double> Thresholds { get; } =
        [.. Enumerable.Range(0, 10).Select(i => (50 + (5 * i)) / 100.0)];

    /// <summary>Average precision at IoU 0.5; see <see cref="AveragePrecision"/>.</summary>
    public double AveragePrecision50 => AveragePrecision(0);

    /// <summary>Average precision at IoU 0.75.</summary>
    public double AveragePrecision75 => AveragePrecision(ThresholdOf75);

    /// <summary>Mean of the average precisions at IoU 0.5 to 0.95.</summary>
    public double MeanAveragePrecision => Enumerable.Range(0, Thresholds.Count).Average(AveragePrecision);

    /// <summary>
    /// Panoptic quality: the sum of the IoU of matches above 1/2, divided by the mean number of true and predicted
    /// objects (Kirillov et al. 2019, https://arxiv.org/abs/1801.00868).
    /// </summary>
    public double PanopticQuality => IsEmpty ? 1 : Certain.IoU / ((Truth + Predicted) / 2.0);

    /// <summary>
    /// Aggregated Jaccard index: every true object with the predicted one of most IoU, and what is predicted beside
    /// them (Kumar et al. 2017, https://doi.org/10.1109/TMI.2017.2677499).
    /// </summary>
    public double AggregatedJaccard => IsEmpty ? 1 : (double)Shared / United;

    /// <summary>By how much the number of objects is wrong, as a share of the true one.</summary>
    public double CountError => Predicted == Truth ? 0 : Math.Abs(Predicted - Truth) / (double)Math.Max(1, Truth);

    private bool IsEmpty => Truth == 0 && Predicted == 0;

    /// <summary>
    /// Matches as a share of true and predicted objects together, TP / (TP + FP + FN), as the Data Science Bowl 2018,
    /// StarDist and Cellpose score; 1 where there are none and none is found.
    /// </summary>
    /// <param name="threshold">Index of the threshold.</param>
    public double AveragePrecision(int threshold) => IsEmpty
        ? 1
        : (double)Matches[threshold] / (Truth + Predicted - Matches[threshold]);

    /// <summary>Scores one picture.</summary>
    public static ObjectScores Compute(ObjectOverlap overlap)
    {
        ((int Truth, int Predicted) Pair, double IoU)[] pairs =
        [
            .. overlap.Shared.Keys.Select(pair => (pair, overlap.IoU(pair.Truth, pair.Predicted)))
                .OrderByDescending(pair => pair.Item2).ThenBy(pair => pair.pair),
        ];
        double[] matched = FindMatches(pairs);
        (long shared, long united) = Aggregate(overlap, pairs);
        double[] certain = [.. matched.Where(iou => iou > Thresholds[0])];
        return new ObjectScores(
            overlap.TruthAreas.Count,
            overlap.PredictedAreas.Count,
            [.. Thresholds.Select(threshold => matched.Count(iou => iou >= threshold))],
            (certain.Length, certain.Sum()),
            shared,
            united);
    }

    /// <summary>The scores of all objects of several pictures together.</summary>
    public static ObjectScores Sum(IEnumerable<ObjectScores> pictures)
    {
        ObjectScores none = new(0, 0, new int[Thresholds.Count], default, 0, 0);
        return pictures.Aggregate(none, (a, b) => new ObjectScores(
            a.Truth + b.Truth,
            a.Predicted + b.Predicted,
            [.. a.Matches.Zip(b.Matches, (one, other) => one + other)],
            (a.Certain.Count + b.Certain.Count, a.Certain.IoU + b.Certain.IoU),
            a.Shared + b.Shared,
            a.United + b.United));
    }

    /// <summary>IoU of the partners, the best pairs first, each object once.</summary>
    private static double[] FindMatches(((int Truth, int Predicted) Pair, double IoU)[] pairs)
    {
        HashSet<int> truths = [];
        HashSet<int> predictions = [];
        List<double> matched = [];
        foreach (((int Truth, int Predicted) pair, double iou) in pairs.TakeWhile(pair => pair.IoU >= Thresholds[0]))
        {
            if (!truths.Contains(pair.Truth) && !predictions.Contains(pair.Predicted))
            {
                truths.Add(pair.Truth);
                predictions.Add(pair.Predicted);
                matched.Add(iou);
            }
        }

        return [.. matched];
    }

    private static (long Shared, long United) Aggregate(
        ObjectOverlap overlap, ((int Truth, int Predicted) Pair, double IoU)[] pairs)
    {
        Dictionary<int, int> best = [];
        foreach (((int truth, int predicted), _) in pairs)
        {
            best.TryAdd(truth, predicted);
        }

        (long shared, long united) = (0, 0);
        for (int truth = 0; truth < overlap.TruthAreas.Count; truth++)
        {
            united += overlap.TruthAreas[truth];
            if (best.TryGetValue(truth, out int predicted))
            {
                long both = overlap.Shared[(truth, predicted)];
                shared += both;
                united += overlap.PredictedAreas[predicted] - both;
            }
        }

        HashSet<int> used = [.. best.Values];
        united += overlap.PredictedAreas.Where((_, predicted) => !used.Contains(predicted)).Sum();
        return (shared, united);
    }
}
