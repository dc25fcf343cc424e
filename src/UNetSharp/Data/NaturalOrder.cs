namespace UNetSharp.Data;

/// <summary>
/// Orders names as people count: "2.png" before "10.png". Runs of digits compare by value, all else by code point, so
/// the order is the same on every machine and in every language.
/// </summary>
internal sealed class NaturalOrder : IComparer<string>
{
    internal static readonly NaturalOrder Instance = new();

    private NaturalOrder()
    {
    }

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x;
        ReadOnlySpan<char> b = y;
        while (a.Length > 0 && b.Length > 0)
        {
            bool areDigits = char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]);
            int order = areDigits ? CompareNumbers(ref a, ref b) : a[0].CompareTo(b[0]);
            if (order != 0)
            {
                return order;
            }

            if (!areDigits)
            {
                a = a[1..];
                b = b[1..];
            }
        }

        int rest = a.Length.CompareTo(b.Length);
        return rest != 0 ? rest : string.CompareOrdinal(x, y); // "01" and "1" count the same: the text decides
    }

    /// <summary>Takes a run of digits from the front of both and compares their values, of any length.</summary>
    private static int CompareNumbers(ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        ReadOnlySpan<char> x = ReadDigits(ref a).TrimStart('0');
        ReadOnlySpan<char> y = ReadDigits(ref b).TrimStart('0');
        int length = x.Length.CompareTo(y.Length);
        return length != 0 ? length : x.SequenceCompareTo(y);
    }

    private static ReadOnlySpan<char> ReadDigits(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }
}
