namespace UNetSharp.Interop;

/// <summary>A file of weights that cannot be used; the message is one line that names the file and what to do.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
