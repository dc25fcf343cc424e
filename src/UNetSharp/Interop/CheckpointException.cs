namespace UNetSharp.Interop;

/// <summary>
/// A file of weights that cannot be used; the message is one line that names the file and what to do.
/// </summary>
public sealed class CheckpointException(string message, Exception? inner = null) : UNetSharpException(message, inner)
{
    /// <summary>Rows of a table that says more, for those who show it; empty where there is no more to say.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
