namespace UNetSharp.Training;

/// <summary>How far training is.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="ValidationDice">Dice on the validation images after the last finished epoch; null before, or without any.
/// </param>
/// <param name="ImagesPerSecond">Images trained on in a second.</param>
/// <param name="TimeLeft">Time that the rest will take at this speed.</param>
/// <param name="RateFactor">Share of the full learning rate at which steps are made.</param>
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
    double RateFactor,
    bool IsEpochDone);
