using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Training;

namespace UNetSharp.Workflows;

/// <summary>
/// Trains a network for every fold of a data set, each in a folder fold-K of its own. Stopped, it goes on with the fold
/// where it was.
/// </summary>
/// <param name="settings">What to do; how images are set aside for validation follows from the fold.</param>
/// <param name="folds">Number of folds, at least 2.</param>
/// <param name="report">The data set, looked at before; see <see cref="DataSet"/>.</param>
/// <param name="folder">Folder for the folders of the folds.</param>
public sealed class CrossValidation(TrainingSettings settings, int folds, DataReport report, string folder)
{
    /// <summary>Whether to go on where an earlier cross-validation in the folder was stopped.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Keeps images in memory, for all folds; null to read them in every epoch.</summary>
    public SampleCache? Cache { get; init; }

    /// <summary>What a run's report advises to do with it, given its folder; null for no advice.</summary>
    public Func<string, string>? NextSteps { get; init; }

    /// <summary>Trains all folds, or until it is cancelled.</summary>
    /// <param name="progress">Is given every step and every epoch, with the number of the fold from 0.</param>
    /// <param name="cancellation">Ends training after the current step; it can go on from there later.</param>
    /// <exception cref="DataException">There are fewer pairs than folds, or they cannot be trained on.</exception>
    /// <exception cref="TrainingException">A fold's run cannot be started or go on; see
    /// <see cref="TrainingRun.Train"/>.
    /// </exception>
    public CrossValidationResult Train(
        Action<int, TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Train((fold, run) => run.Train(done => progress?.Invoke(fold, done), cancellation));

    /// <summary>Trains all folds, or until one of them is not done.</summary>
    /// <param name="train">Trains the run of a fold, whose number from 0 it is given.</param>
    /// <inheritdoc cref="Train(Action{int, TrainingProgress}?, CancellationToken)" path="/exception"/>
    public CrossValidationResult Train(Func<int, TrainingRun, TrainingResult> train)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        List<TrainingResult> results = [];
        for (int fold = 0; fold < folds && results.All(result => result.IsDone); fold++)
        {
            results.Add(train(fold, RunOfFold(fold)));
        }

        return new CrossValidationResult(results, results.Count == folds && results[^1].IsDone);
    }

    private TrainingRun RunOfFold(int fold)
    {
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"fold-{fold}"));
        TrainingSettings own = settings with { Validation = new SplitSettings(0, null, folds, fold) };
        return new TrainingRun(own, report, path)
        {
            IsResumed = IsResumed && RunFolder.IsRun(path),
            Cache = Cache,
            NextSteps = NextSteps,
        };
    }
}
