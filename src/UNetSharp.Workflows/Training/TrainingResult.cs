namespace UNetSharp.Workflows;

/// <summary>How a run of training ended.</summary>
/// <param name="IsDone">Whether all epochs are done; else it was cancelled and can go on.</param>
/// <param name="BestDice">Dice of the best weights on the validation images; null without any.</param>
/// <param name="BestLoss">Mean loss of the best weights' epoch, where they are chosen by it; else null.</param>
/// <param name="ReportPath">The page that shows the run.</param>
public sealed record TrainingResult(bool IsDone, double? BestDice, double? BestLoss, string ReportPath);
