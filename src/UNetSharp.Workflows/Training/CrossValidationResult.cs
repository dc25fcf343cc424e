namespace UNetSharp.Workflows;

/// <summary>How a cross-validation ended.</summary>
/// <param name="Folds">The runs of the folds, as far as they went.</param>
/// <param name="IsDone">Whether all folds are done; else it was cancelled and can go on.</param>
public sealed record CrossValidationResult(IReadOnlyList<TrainingResult> Folds, bool IsDone)
{
    /// <summary>Mean of the folds' best Dice.</summary>
    public double MeanDice => Scores.Average();

    /// <summary>Standard deviation of the folds' best Dice, of a sample; no number for a single fold.</summary>
    public double DiceDeviation
    {
        get
        {
            double[] scores = [.. Scores];
            double mean = scores.Average();
            return Math.Sqrt(scores.Sum(score => (score - mean) * (score - mean)) / (scores.Length - 1));
        }
    }

    private IEnumerable<double> Scores => Folds.Select(fold => fold.BestDice!.Value);
}
