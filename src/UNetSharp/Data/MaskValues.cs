namespace UNetSharp.Data;

/// <summary>
/// The values of a mask and how many pixels hold each. A value is the grey value, or for a coloured pixel its red,
/// green and blue in one number, marked by <see cref="ColorMark"/>.
/// </summary>
/// <param name="Path">The mask.</param>
/// <param name="Counts">Pixels by value, in the order of the values.</param>
public sealed record MaskValues(string Path, IReadOnlyDictionary<int, long> Counts)
{
    /// <summary>Marks a value as a colour.</summary>
    public const int ColorMark = 1 << 24;

    /// <summary>Number of pixels.</summary>
    public long Pixels => Counts.Values.Sum();

    /// <summary>Counts the values of a mask.</summary>
    public static MaskValues Of(string path, Picture mask)
    {
        SortedDictionary<int, long> counts = [];
        for (int i = 0; i < mask.Width * mask.Height; i++)
        {
            int value = At(mask, i);
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        return new MaskValues(path, counts);
    }

    /// <summary>The value of pixel <paramref name="i"/>; floating-point masks from 0 to 1 count as 0 to 255.</summary>
    public static int At(Picture mask, int i)
    {
        float scale = mask.FullScale == 1 ? 255 : 1;
        ReadOnlySpan<float> pixel = mask.Samples.AsSpan(i * mask.Channels, mask.Channels);
        int red = (int)MathF.Round(pixel[0] * scale);
        if (mask.Channels < 3 || (pixel[0] == pixel[1] && pixel[1] == pixel[2]))
        {
            return red;
        }

        (int green, int blue) = ((int)MathF.Round(pixel[1] * scale), (int)MathF.Round(pixel[2] * scale));
        return ColorMark | (red << 16) | (green << 8) | blue;
    }

    /// <summary>A value as people write it: 255, or #FF0000.</summary>
    public static string Text(int value) =>
        (value & ColorMark) == 0 ? $"{value}" : $"#{value & (ColorMark - 1):X6}";
}
