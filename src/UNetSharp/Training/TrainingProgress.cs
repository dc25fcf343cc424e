namespace UNetSharp.Training;

/// <summary>How far training is.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="ValidationDice">Dice on the validation images after the last finished epoch; null before, or without
/// any.
/// </param>
/// <param name="ImagesPerSecond">Images trained on in a second.</param>
/// <param name="TimeLeft">Time that the rest will take at this speed.</param>
/// <param name="IsEpochDone">Whether the epoch is finished and validated.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int Steps,
    double Loss,
    double? ValidationDice,
    double ImagesPerSecond,
    TimeSpan TimeLeft,
    bool IsEpochDone)
{
    /// <summary>Loss of the last batch.</summary>
    public float BatchLoss { get; init; }

    /// <summary>Terms of that loss before they are weighted, by name, where it has several.</summary>
    public IReadOnlyList<(string Name, float Value)> LossTerms { get => field ?? []; init; }

    /// <summary>Means of these terms over this epoch so far.</summary>
    public IReadOnlyList<(string Name, double Value)> MeanLossTerms { get => field ?? []; init; }

    /// <summary>What the optimizer multiplied the last changes by.</summary>
    public double LearningRate { get; init; }

    /// <summary>Share of the epoch's time that was spent waiting for images.</summary>
    public double WaitShare { get; init; }

    /// <summary>Time since the start, with that of earlier parts of the run.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What the validation of a finished epoch found; null within an epoch, or without validation images.
    /// </summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>What is likely wrong with the training, a line; null for nothing new.</summary>
    public string? Warning { get; init; }

    /// <summary>Steps done in all epochs.</summary>
    public long TotalSteps => ((long)(Epoch - 1) * Steps) + Step;
}
