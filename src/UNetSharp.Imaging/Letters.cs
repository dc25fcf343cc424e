using System.Text;
using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// Letters as small grey pictures (DejaVu Sans, 13 pixels), part of the assembly: words come out the same on every
/// machine, whatever fonts it has. Latin, Greek and Cyrillic; a box stands for any other.
/// </summary>
internal static class Letters
{
    /// <summary>Rows of a letter; those of a capital without marks lie in the middle.</summary>
    public const int Height = 18;

    private const int CellWidth = 16;
    private const int CellsPerRow = 32;
    private const int First = 0x20;
    private const int Last = 0x45F;
    private const int Box = 0x7F;
    private const int SpaceWidth = 4;

    private static readonly Lazy<Picture> Sheet = new(ReadSheet);

    /// <summary>Draws a line of text.</summary>
    /// <returns>How far each pixel is covered, 0 to 255, (<see cref="Height"/>, width), and the width.</returns>
    public static (byte[] Cover, int Width) Draw(string text)
    {
        (int Cell, int Width)[] letters = [.. text.EnumerateRunes().Select(CellOf).Select(cell => (cell, WidthOf(cell)))];
        int width = letters.Sum(letter => letter.Width);
        byte[] cover = new byte[Height * width];
        int left = 0;
        foreach ((int cell, int letterWidth) in letters)
        {
            for (int row = 0; row < Height; row++)
            {
                for (int column = 0; column < letterWidth; column++)
                {
                    cover[(row * width) + left + column] = CoverAt(cell, row, column);
                }
            }

            left += letterWidth;
        }

        return (cover, width);
    }

    private static int CellOf(Rune letter) => (letter.Value is >= First and <= Last ? letter.Value : Box) - First;

    /// <summary>To the last column with ink and one column of space.</summary>
    private static int WidthOf(int cell)
    {
        for (int column = CellWidth - 1; column >= 0; column--)
        {
            for (int row = 0; row < Height; row++)
            {
                if (CoverAt(cell, row, column) != 0)
                {
                    return Math.Min(column + 2, CellWidth);
                }
            }
        }

        return SpaceWidth;
    }

    private static byte CoverAt(int cell, int row, int column)
    {
        (int cellRow, int cellColumn) = Math.DivRem(cell, CellsPerRow);
        Picture sheet = Sheet.Value;
        return (byte)sheet.Samples[(((cellRow * Height) + row) * sheet.Width) + (cellColumn * CellWidth) + column];
    }

    private static Picture ReadSheet()
    {
        const string Name = "letters.png";
        using Stream file = typeof(Letters).Assembly.GetManifestResourceStream(Name)!;
        using MemoryStream bytes = new();
        file.CopyTo(bytes);
        return ImageFile.Decode(bytes.ToArray(), Name);
    }
}
