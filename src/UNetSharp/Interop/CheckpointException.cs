using System.Globalization;

namespace UNetSharp.Interop;

/// <summary>
/// A file of weights that cannot be used; the message is one line that names the file and what to do.
/// </summary>
public sealed class CheckpointException(string message, Exception? inner = null) : UNetSharpException(message, inner)
{
    /// <summary>Rows of a table that says more, for those who show it; empty where there is no more to say.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    private const int MaxCharacters = 80;

    /// <summary>
    /// A name out of a file as a message may show it. A damaged file's names can be of any length and hold line ends
    /// or a terminal's control codes.
    /// </summary>
    internal static string Sanitize(string name)
    {
        IEnumerable<char> characters = name.Take(MaxCharacters).Select(c => IsPrintable(c) ? c : '?');
        return string.Concat(characters) + (name.Length > MaxCharacters ? "…" : "");
    }

    private static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
