namespace UNetSharp.Training;

/// <summary>Training that cannot go on; the message says where it was and what to do.</summary>
public sealed class TrainingException(string message) : UNetSharpException(message);
