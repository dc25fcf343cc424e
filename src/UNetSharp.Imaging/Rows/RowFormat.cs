namespace UNetSharp.Imaging.Rows;

/// <summary>How a file's pixels are stored, in rows of bytes; samples of 16 bit have their high byte first.</summary>
/// <param name="Channels">1 for grey and indices, 3 for red, green, blue.</param>
/// <param name="Bits">Bits of a sample, 8 or 16.</param>
/// <param name="Palette">The colours that pixels of one byte stand for; null if they are brightness.</param>
public sealed record RowFormat(int Channels, int Bits, IReadOnlyList<(byte R, byte G, byte B)>? Palette = null)
{
    /// <summary>Brightness, 8 bit.</summary>
    public static RowFormat Grey { get; } = new(1, 8);

    /// <summary>Brightness, 16 bit.</summary>
    public static RowFormat Grey16 { get; } = new(1, 16);

    /// <summary>Red, green and blue, 8 bit each.</summary>
    public static RowFormat Color { get; } = new(3, 8);

    /// <summary>Bytes of a pixel.</summary>
    public int PixelBytes => Channels * Bits / 8;
}
