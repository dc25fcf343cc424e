using UNetSharp.Data;

namespace UNetSharp.Cli;

/// <summary>
/// What is assumed of pictures, for people: the first few of a kind by name, the others as a number.
/// </summary>
internal sealed class PictureNotes
{
    private const int MaxOfKind = 3;

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Prints what is assumed of a picture.</summary>
    /// <returns>The picture, with white where it is.</returns>
    public static Picture Print(Picture picture, string name, Brightness? brightness)
    {
        PictureNotes notes = new();
        IEnumerable<string> odd = (brightness ?? Brightness.FromWhite(picture.FullScale))
            .FindNotes(picture.FullScale, PictureRange.Measure(picture.Samples));
        foreach (string note in picture.Notes.Concat(odd))
        {
            notes.Print(name, note, Console.Error.WriteLine);
        }

        return picture.WithWhite(brightness);
    }

    /// <summary>Prints a note unless there were enough of its kind.</summary>
    public void Print(string picture, string note, Action<string> write)
    {
        string kind = string.Concat(note.Where(c => !char.IsAsciiDigit(c)));
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (_counts[kind] <= MaxOfKind)
        {
            write($"note: {picture}: {note}");
        }
    }

    /// <summary>Prints how many pictures more the notes are of.</summary>
    public void PrintRest()
    {
        if (_counts.Values.Sum(count => Math.Max(0, count - MaxOfKind)) is > 0 and int rest)
        {
            Console.Error.WriteLine($"note: {rest} more notes of these kinds on other pictures");
        }
    }
}
