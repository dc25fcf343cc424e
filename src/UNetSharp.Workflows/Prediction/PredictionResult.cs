namespace UNetSharp.Workflows;

/// <summary>How a prediction ended.</summary>
/// <param name="Done">Masks that were written.</param>
/// <param name="Skipped">Masks that were there already.</param>
/// <param name="Failed">Pictures that failed.</param>
/// <param name="IsCancelled">Whether it was cancelled; the same again goes on from there.</param>
public sealed record PredictionResult(int Done, int Skipped, int Failed, bool IsCancelled);
