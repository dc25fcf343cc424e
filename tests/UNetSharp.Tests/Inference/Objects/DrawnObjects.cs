using UNetSharp.Data;
using UNetSharp.Inference.Objects;

namespace UNetSharp.Tests.Inference.Objects;

/// <summary>Masks for tests of objects, and slow, obvious twins of what is tested.</summary>
internal static class DrawnObjects
{
    /// <summary>A mask drawn in rows of equal length: digits above 0 are classes, # is class 1.</summary>
    public static (byte[] Classes, PictureSize Size) Draw(params string[] rows) =>
        ([.. string.Concat(rows).Select(c => c == '#' ? (byte)1 : c == '.' ? (byte)0 : (byte)(c - '0'))],
            new PictureSize(rows.Length, rows[0].Length));

    /// <summary>The objects of a drawn mask.</summary>
    public static IReadOnlyList<MaskObject> Find(params string[] rows)
    {
        (byte[] classes, PictureSize size) = Draw(rows);
        return ObjectFinder.Find(classes, size);
    }

    /// <summary>Random classes from 0 to the most, the background as likely as all others together.</summary>
    public static byte[] Random(PictureSize size, int max, double share, int seed)
    {
        Random random = new(seed);
        byte[] classes = new byte[size.Height * size.Width];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = (byte)(random.NextDouble() < share ? random.Next(1, max + 1) : 0);
        }

        return classes;
    }

    /// <summary>The pixels of each object, by flood filling over eight neighbours.</summary>
    public static List<HashSet<(int Row, int Column)>> Flooded(byte[] classes, PictureSize size)
    {
        List<HashSet<(int Row, int Column)>> objects = [];
        bool[] isSeen = new bool[classes.Length];
        for (int start = 0; start < classes.Length; start++)
        {
            if (classes[start] is 0 or MaskClasses.Ignored || isSeen[start])
            {
                continue;
            }

            isSeen[start] = true;
            HashSet<(int, int)> pixels = [];
            Stack<int> open = new([start]);
            while (open.TryPop(out int i))
            {
                (int row, int column) = (i / size.Width, i % size.Width);
                pixels.Add((row, column));
                for (int near = 0; near < 9; near++)
                {
                    (int r, int c) = (row + (near / 3) - 1, column + (near % 3) - 1);
                    int j = (r * size.Width) + c;
                    if (r >= 0 && r < size.Height && c >= 0 && c < size.Width && !isSeen[j] && classes[j] == classes[i])
                    {
                        isSeen[j] = true;
                        open.Push(j);
                    }
                }
            }

            objects.Add(pixels);
        }

        return objects;
    }

    /// <summary>
    /// Whether the middle of a pixel lies inside rings: an odd number of their sides is to its right.
    /// </summary>
    public static bool Covers(IEnumerable<IReadOnlyList<PixelCorner>> rings, int row, int column)
    {
        int crossings = 0;
        foreach (IReadOnlyList<PixelCorner> ring in rings)
        {
            PixelCorner last = ring[^1];
            foreach (PixelCorner corner in ring)
            {
                bool isBeside = corner.X > column && Math.Min(last.Y, corner.Y) <= row
                    && row < Math.Max(last.Y, corner.Y);
                crossings += isBeside ? 1 : 0;
                last = corner;
            }
        }

        return crossings % 2 == 1;
    }

    /// <summary>Draws rings over rows of classes.</summary>
    public static void Fill(
        IEnumerable<IReadOnlyList<PixelCorner>> rings, byte[] classes, PictureSize size, byte index)
    {
        IReadOnlyList<PixelCorner>[] all = [.. rings];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = Covers(all, i / size.Width, i % size.Width) ? index : classes[i];
        }
    }
}
