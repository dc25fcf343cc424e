using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>The colours in which a mask's class indices are shown.</summary>
public static class ClassColors
{
    /// <summary>
    /// A colour for each class: those that masks have in training, if they are coloured; else black for the background
    /// and the overlay's colours.
    /// </summary>
    public static IReadOnlyList<(byte R, byte G, byte B)> FromMaskClasses(MaskClasses masks)
    {
        bool isColored = masks.ClassOfValue.Keys.Any(value => (value & MaskValues.ColorMark) != 0);
        return
        [
            .. Enumerable.Range(0, masks.ClassCount).Select(index =>
                isColored && masks.ClassOfValue.Where(entry => entry.Value == index).Select(entry => (int?)entry.Key)
                    .FirstOrDefault() is { } value
                    ? Split(value)
                    : index == 0 ? default : Overlay.GetColor(index)),
        ];
    }

    private static (byte R, byte G, byte B) Split(int value) =>
        (value & MaskValues.ColorMark) != 0
            ? ((byte)(value >> 16), (byte)(value >> 8), (byte)value)
            : ((byte)value, (byte)value, (byte)value);
}
