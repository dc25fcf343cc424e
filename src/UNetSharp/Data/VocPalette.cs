namespace UNetSharp.Data;

/// <summary>
/// The palette in which the PASCAL VOC challenge (http://host.robots.ox.ac.uk/pascal/VOC) saves class indices, and
/// many programs after it. An index is 8 bits b₇…b₀, spread over the colour from the most significant bit down:
/// <code>
/// red = b₀ b₃ b₆ 0…    green = b₁ b₄ b₇ 0…    blue = b₂ b₅ 0…        1 = (128, 0, 0), 255 = (224, 224, 192)
/// </code>
/// </summary>
internal static class VocPalette
{
    private const int Colors = 256;

    private static readonly Dictionary<int, int> IndexByValue = Enumerable.Range(0, Colors).ToDictionary(GetValue);

    /// <summary>The value in a mask that stands for an index.</summary>
    public static int GetValue(int index)
    {
        (int red, int green, int blue) = (0, 0, 0);
        for (int bit = 7; index > 0; bit--, index >>= 3)
        {
            red |= (index & 1) << bit;
            green |= ((index >> 1) & 1) << bit;
            blue |= ((index >> 2) & 1) << bit;
        }

        return MaskValues.EncodeColor(red, green, blue);
    }

    /// <summary>The index of a value of the palette.</summary>
    public static int GetIndex(int value) => IndexByValue[value];

    /// <summary>Whether these are colours of the palette, and not greys alone.</summary>
    public static bool ContainsAll(IReadOnlyCollection<int> values) =>
        values.All(IndexByValue.ContainsKey) && values.Any(value => value >= MaskValues.ColorMark);
}
