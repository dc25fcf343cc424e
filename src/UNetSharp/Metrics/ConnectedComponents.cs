using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>Which pixels touch.</summary>
public enum Connectivity
{
    /// <summary>Those that share a side.</summary>
    Four = 4,

    /// <summary>Those that share a side or a corner.</summary>
    Eight = 8,
}

/// <summary>
/// Numbers the connected components of a mask: a first pass gives every pixel the number of a neighbour before it and
/// notes which numbers are one component (union-find, the smallest number being the root), a second pass makes the
/// numbers dense (Rosenfeld and Pfaltz 1966; Wu, Otoo and Suzuki 2009). Time is linear; beside the result there are at
/// most half as many integers as pixels.
/// </summary>
public static class ConnectedComponents
{
    /// <summary>Numbers the components 1, 2, … in the order of their first pixels, row by row; the rest is 0.</summary>
    /// <param name="mask">Height × width pixels, row by row; what is not 0 belongs to a component.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="connectivity">Which pixels touch.</param>
    /// <returns>The number of each pixel's component, and how many components there are.</returns>
    /// <exception cref="ArgumentException">The mask is not of that size.</exception>
    public static (int[] Labels, int Count) Label(ReadOnlySpan<byte> mask, PictureSize size, Connectivity connectivity)
    {
        PixelCountCheck.RequireSize(size, mask.Length, "mask");
        int[] labels = new int[mask.Length];
        int[] parents = new int[MaxProvisionalLabels(size) + 1];
        int last = 0;
        for (int row = 0; row < size.Height; row++)
        {
            for (int column = 0; column < size.Width; column++)
            {
                int i = (row * size.Width) + column;
                if (mask[i] == 0)
                {
                    continue;
                }

                labels[i] = LabelFromNeighbours(labels, parents, i, row, column, size.Width, connectivity);
                if (labels[i] == 0)
                {
                    labels[i] = ++last;
                    parents[last] = last;
                }
            }
        }

        int count = CompactLabels(parents, last);
        foreach (ref int label in labels.AsSpan())
        {
            label = parents[label];
        }

        return (labels, count);
    }

    // A pixel with a new number has none to its left: in every row at most every other one.
    private static int MaxProvisionalLabels(PictureSize size) => size.Height * ((size.Width + 1) / 2);

    private static int LabelFromNeighbours(
        int[] labels, int[] parents, int i, int row, int column, int width, Connectivity connectivity)
    {
        int label = column > 0 ? labels[i - 1] : 0;
        if (row > 0)
        {
            label = Union(parents, label, labels[i - width]);
            if (connectivity == Connectivity.Eight)
            {
                label = column > 0 ? Union(parents, label, labels[i - width - 1]) : label;
                label = column < width - 1 ? Union(parents, label, labels[i - width + 1]) : label;
            }
        }

        return label;
    }

    private static int Union(int[] parents, int a, int b)
    {
        if (a == 0 || b == 0)
        {
            return a + b;
        }

        (a, b) = (Root(parents, a), Root(parents, b));
        (int low, int high) = (Math.Min(a, b), Math.Max(a, b));
        parents[high] = low;
        return low;
    }

    private static int Root(int[] parents, int label)
    {
        while (parents[label] != label)
        {
            // Halving the way keeps the trees flat.
            parents[label] = parents[parents[label]];
            label = parents[label];
        }

        return label;
    }

    /// <summary>Turns parents, which are never above their children, into dense numbers; returns how many.</summary>
    private static int CompactLabels(int[] parents, int last)
    {
        int count = 0;
        for (int label = 1; label <= last; label++)
        {
            parents[label] = parents[label] == label ? ++count : parents[parents[label]];
        }

        return count;
    }
}
