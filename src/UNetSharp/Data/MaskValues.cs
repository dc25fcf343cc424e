namespace UNetSharp.Data;

/// <summary>
/// The values of a mask and how many pixels hold each. A value is the grey value, or for a coloured pixel its red,
/// green and blue in one number, marked by <see cref="ColorMark"/>.
/// </summary>
/// <param name="Path">The mask.</param>
/// <param name="Counts">Pixels by value, in the order of the values; at most <see cref="MaxCounted"/> values.</param>
public sealed record MaskValues(string Path, IReadOnlyDictionary<int, long> Counts)
{
    /// <summary>Marks a value as a colour.</summary>
    public const int ColorMark = 1 << 24;

    /// <summary>A file with more values than this is a photograph, and which ones it holds is of no interest.</summary>
    internal const int MaxCounted = 4096;

    /// <summary>Where each value was first seen, by rows; what is made without a picture says nothing.</summary>
    public IReadOnlyDictionary<int, (int X, int Y)> FirstPosition { get; init; } =
        new Dictionary<int, (int X, int Y)>();

    /// <summary>Connected pieces of each value; empty for what is made without a picture.</summary>
    public IReadOnlyDictionary<int, int> Pieces { get; init; } = new Dictionary<int, int>();

    /// <summary>Number of pixels.</summary>
    public long Pixels => Counts.Values.Sum();

    /// <summary>Counts the values of a mask.</summary>
    public static MaskValues FromPicture(string path, Picture mask)
    {
        SortedDictionary<int, long> counts = [];
        Dictionary<int, (int X, int Y)> firstAt = [];
        MaskPieces pieces = new();
        for (int y = 0; y < mask.Height; y++)
        {
            int row = y * mask.Width;
            for (int start = 0; start < mask.Width;)
            {
                int value = GetValue(mask, row + start);
                int end = start + 1;
                while (end < mask.Width && GetValue(mask, row + end) == value)
                {
                    end++; // runs of one value are long in a mask: count them, not single pixels
                }

                if (counts.Count < MaxCounted || counts.ContainsKey(value))
                {
                    counts[value] = counts.GetValueOrDefault(value) + end - start;
                    firstAt.TryAdd(value, (start, y));
                    pieces.Add(value, start, end);
                }

                start = end;
            }

            pieces.EndRow();
        }

        return new MaskValues(path, counts) { FirstPosition = firstAt, Pieces = pieces.Pieces };
    }

    /// <summary>The value of a colour with 8 bits a channel; one whose channels are equal is a grey.</summary>
    public static int EncodeColor(int red, int green, int blue) =>
        red == green && green == blue ? red : ColorMark | (red << 16) | (green << 8) | blue;

    /// <summary>The same without a value.</summary>
    internal MaskValues Without(int value) => this with
    {
        Counts = new SortedDictionary<int, long>(
            Counts.Where(count => count.Key != value).ToDictionary(count => count.Key, count => count.Value)),
        Pieces = Pieces.Where(piece => piece.Key != value).ToDictionary(piece => piece.Key, piece => piece.Value),
    };

    /// <summary>Where a value was first seen, for a message; empty where that is not known.</summary>
    internal string FormatPosition(int value) =>
        FirstPosition.TryGetValue(value, out (int X, int Y) at) ? $" first at ({at.X}, {at.Y})" : "";

    /// <summary>
    /// The value of pixel <paramref name="i"/>; floating-point masks from 0 to 1 count as 0 to 255, and so do 16-bit
    /// colours.
    /// </summary>
    public static int GetValue(Picture mask, int i)
    {
        float scale = mask.FullScale switch
        {
            1 => 255,
            ushort.MaxValue when mask.Channels == 3 && !IsGrey(mask, i) => 255f / ushort.MaxValue,
            _ => 1,
        };
        ReadOnlySpan<float> pixel = mask.Samples.AsSpan(i * mask.Channels, mask.Channels);
        int red = (int)MathF.Round(pixel[0] * scale);
        if (mask.Channels < 3 || IsGrey(mask, i))
        {
            return red;
        }

        return EncodeColor(red, (int)MathF.Round(pixel[1] * scale), (int)MathF.Round(pixel[2] * scale));
    }

    private static bool IsGrey(Picture mask, int i) =>
        mask.Samples[3 * i] == mask.Samples[(3 * i) + 1] && mask.Samples[3 * i] == mask.Samples[(3 * i) + 2];

    /// <summary>A value as people write it: 255, or #FF0000.</summary>
    public static string Format(int value) =>
        (value & ColorMark) == 0 ? $"{value}" : $"#{value & (ColorMark - 1):X6}";
}
