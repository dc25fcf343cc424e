using System.Globalization;
using UNetSharp.Metrics;

namespace UNetSharp.Training;

/// <summary>
/// Looks after every epoch whether a network learns at all, and says once what is likely wrong where it does not: a
/// loss as of no network that guesses, the same class for every pixel, or no pixel of the foreground found.
/// </summary>
internal sealed class LearningWatch(TrainingSettings settings)
{
    // Guesses cost about 1 by cross-entropy and Dice, a few times that with weights or several outputs.
    private const double HugeLoss = 100;

    private const int LeastEpochs = 3;

    private bool _saidLoss;
    private bool _saidStuck;
    private int _stuckEpochs;

    /// <summary>What is likely wrong; null for nothing new.</summary>
    /// <param name="epoch">A finished epoch.</param>
    public string? FindWarning(TrainingProgress epoch)
    {
        if (!_saidLoss && epoch.Loss > HugeLoss)
        {
            _saidLoss = true;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the mean loss of epoch {epoch.Epoch} is {epoch.Loss:n0}, where guesses cost about 1: the learning ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"rate {settings.Optimizer.LearningRate:g3} is likely too large; try a tenth of it, or limit the ")
                + "gradient to 1.";
        }

        string? stuck = epoch.Validation is { } validation ? DescribeStuck(validation.Pooled) : null;
        _stuckEpochs = stuck is null ? 0 : _stuckEpochs + 1;
        if (_saidStuck || stuck is null || _stuckEpochs < Math.Max(LeastEpochs, settings.Epochs / 10))
        {
            return null;
        }

        _saidStuck = true;
        return string.Create(CultureInfo.InvariantCulture, $"for {_stuckEpochs} epochs {stuck}: nothing is learned ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"yet. Try a larger learning rate than {settings.Optimizer.LearningRate:g3} or another optimizer, ")
            + "batches of several images, and a loss with Dice where the foreground is small; and look whether the "
            + "masks lie on their images.";
    }

    private static string? DescribeStuck(ConfusionMatrix pooled)
    {
        int[] classes = [.. Enumerable.Range(0, pooled.Classes)];
        int[] predicted = [.. classes.Where(k => classes.Any(truth => pooled.Count(truth, k) > 0))];
        bool hasForeground = classes.Skip(1).Any(k => classes.Any(p => pooled.Count(k, p) > 0));
        return !hasForeground ? null
            : predicted is [var only] && classes.Any(k => k != only && classes.Any(p => pooled.Count(k, p) > 0))
                ? $"the network has called every pixel of the validation images {Name(only, pooled.Classes)}"
            : classes.Skip(1).All(k => pooled.Count(k, k) == 0)
                ? "the network has found no pixel of the foreground of the validation images"
            : null;
    }

    private static string Name(int k, int classes) =>
        k == 0 ? "background" : classes == 2 ? "foreground" : $"class {k}";
}
