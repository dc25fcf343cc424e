namespace UNetSharp.Data;

/// <summary>
/// The single cells of a mask: connected pixels of one foreground class. Pixels are connected across their four sides;
/// two cells that touch at a corner only stay two, since keeping touching cells apart is what cells are separated
/// for.
/// </summary>
public static class Cells
{
    /// <summary>Numbers the cells.</summary>
    /// <param name="classes">Class of every pixel, 0 for background, (height, width).</param>
    /// <param name="size">Height and width.</param>
    /// <returns>The cell of every pixel, from 1 in the order of first pixels; 0 for background.</returns>
    public static int[] Label(ReadOnlySpan<byte> classes, PictureSize size)
    {
        int[] cells = new int[classes.Length];
        Stack<int> open = [];
        int count = 0;
        for (int start = 0; start < classes.Length; start++)
        {
            if (classes[start] == 0 || cells[start] != 0)
            {
                continue;
            }

            count++;
            AddPixel(start, count, cells, open);
            while (open.TryPop(out int at))
            {
                AddNeighbours(at, count, classes, size, cells, open);
            }
        }

        return cells;
    }

    private static void AddNeighbours(
        int at, int cell, ReadOnlySpan<byte> classes, PictureSize size, int[] cells, Stack<int> open)
    {
        int column = at % size.Width;
        byte own = classes[at];
        if (at >= size.Width && classes[at - size.Width] == own)
        {
            AddPixel(at - size.Width, cell, cells, open);
        }

        if (at < classes.Length - size.Width && classes[at + size.Width] == own)
        {
            AddPixel(at + size.Width, cell, cells, open);
        }

        if (column > 0 && classes[at - 1] == own)
        {
            AddPixel(at - 1, cell, cells, open);
        }

        if (column < size.Width - 1 && classes[at + 1] == own)
        {
            AddPixel(at + 1, cell, cells, open);
        }
    }

    private static void AddPixel(int at, int cell, int[] cells, Stack<int> open)
    {
        if (cells[at] == 0)
        {
            cells[at] = cell;
            open.Push(at);
        }
    }
}
