using System.Globalization;

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
    private const int MaxCharacters = 80;

    /// <summary>
    /// Names of the settings that mend it, properties or parameters such as <c>Crop</c> or <c>classes</c>, for programs
    /// in which they are called otherwise; empty where no setting does.
    /// </summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>
    /// A name out of a file as a message may show it. A damaged file's names can be of any length and hold line ends
    /// or a terminal's control codes.
    /// </summary>
    internal static string Sanitize(string name)
    {
        IEnumerable<char> characters = name.Take(MaxCharacters).Select(c => IsPrintable(c) ? c : '?');
        return string.Concat(characters) + (name.Length > MaxCharacters ? "…" : "");
    }

    // Messages hold names and texts out of files that nobody has looked at, which would move the cursor of a terminal.
    private static string ToLine(string message) => string.Concat(
        message.Select(c => c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '?' : c));

    private static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
