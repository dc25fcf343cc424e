namespace UNetSharp;

/// <summary>
/// What the caller can mend: files that cannot be used, settings that do not fit. The message is one line that says
/// what is wrong and what to do.
/// </summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it follows from, if it follows from anything.</param>
public abstract class UNetSharpException(string message, Exception? inner = null)
    : Exception(ToLine(message), inner)
{
    /// <summary>
    /// Names of the settings that mend it, properties or parameters such as <c>Crop</c> or <c>classes</c>, for programs
    /// in which they are called otherwise; empty where no setting does.
    /// </summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    // Messages hold names and texts out of files that nobody has looked at, which would move the cursor of a terminal.
    private static string ToLine(string message) => string.Concat(
        message.Select(c => c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '?' : c));
}
