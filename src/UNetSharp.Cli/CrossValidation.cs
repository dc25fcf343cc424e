using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Training;

namespace UNetSharp.Cli;

/// <summary>
/// Trains a network for every fold, each in a folder fold-K of its own, and gives mean and standard deviation of their best
/// scores. Broken off, it goes on with the fold where it was.
/// </summary>
internal static class CrossValidation
{
    /// <summary>Trains all folds.</summary>
    public static int Run(
        IReadOnlyList<TrainingSettings> folds, DataReport report, string output, bool isResumed, SampleCache cache, bool asJson)
    {
        TextWriter told = asJson ? Console.Error : Console.Out;
        List<double> scores = [];
        for (int fold = 0; fold < folds.Count; fold++)
        {
            string run = Path.Combine(output, string.Create(CultureInfo.InvariantCulture, $"fold-{fold}"));
            told.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fold {fold} of {folds.Count}"));
            int code = TrainingSession.Run(
                folds[fold], report, run, isResumed && RunFolder.IsRun(run), cache, asJson, out double? bestDice);
            if (code != ExitCode.Done)
            {
                return code;
            }

            scores.Add(bestDice!.Value);
        }

        double mean = scores.Average();
        double deviation = Math.Sqrt(scores.Sum(score => (score - mean) * (score - mean)) / (scores.Count - 1));
        told.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"best validation dice over {scores.Count} folds: {mean:f4} ± {deviation:f4} (standard deviation)"));
        return ExitCode.Done;
    }
}
