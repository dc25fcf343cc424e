using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace UNetSharp.Data;

/// <summary>
/// What is kept of a pair to compare it with others: the difference hash of its image (is a pixel darker than its right
/// neighbour, on a grid of 8 rows and 9 columns; N. Krawetz, "Kind of Like That", The Hacker Factor Blog 2013), and on
/// a grid of 32 x 32 cells the mean strength of the image's gradients and the share of the mask's edges, both with mean
/// 0 and length 1, so that their product is a correlation.
/// </summary>
public sealed class PairFingerprint
{
    private const int Side = 32;
    private const int FineSide = 128;

    private static readonly PictureSize FineGrid = new(FineSide, FineSide);
    private static readonly PictureSize HashGrid = new(8, 9);

    private readonly ulong _hash;
    private readonly UInt128 _content;
    private readonly float[] _gradients;
    private readonly float[] _edges;

    /// <summary>Measures a pair of one size.</summary>
    internal PairFingerprint(Picture image, Picture mask)
    {
        var size = new PictureSize(image.Height, image.Width);
        float[] fine = Resampling.ResizeAntialiased(image.ToUnitRange(1), size, FineGrid, 1);
        _content = BitConverter.ToUInt128(SHA256.HashData(MemoryMarshal.AsBytes(image.Samples.AsSpan())));
        _hash = ComputeHash(Resampling.ResizeAntialiased(fine, FineGrid, HashGrid, 1));
        _gradients = Normalize(ComputeGradients(fine));
        _edges = Normalize(ComputeEdges(mask));
    }

    /// <summary>Correlation of the mask's edges with the gradients of an image, −1 to 1.</summary>
    public float CorrelateMask(PairFingerprint image) => Dot(_edges, image._gradients);

    /// <summary>Whether both images hold the same values.</summary>
    public bool IsSameImage(PairFingerprint other) => _content == other._content;

    /// <summary>
    /// Whether the images are or look the same: hashes that differ in few of 64 bits, and, as plain images have hashes
    /// alike by chance, nearly the same gradients.
    /// </summary>
    public bool IsSimilarTo(PairFingerprint other)
    {
        const int MostBits = 6;
        const float LeastCorrelation = 0.95f;
        return IsSameImage(other) || (BitOperations.PopCount(_hash ^ other._hash) <= MostBits
            && Dot(_gradients, other._gradients) >= LeastCorrelation);
    }

    private static ulong ComputeHash(float[] grid)
    {
        ulong hash = 0;
        for (int row = 0; row < HashGrid.Height; row++)
        {
            for (int column = 0; column < HashGrid.Width - 1; column++)
            {
                int at = (row * HashGrid.Width) + column;
                hash = (hash << 1) | (grid[at] < grid[at + 1] ? 1UL : 0);
            }
        }

        return hash;
    }

    /// <summary>Strength of gradients in each cell, at a size at which texture and noise are smooth.</summary>
    private static float[] ComputeGradients(float[] grey)
    {
        float[] strength = new float[Side * Side];
        for (int at = 0; at < grey.Length; at++)
        {
            (int row, int column) = (at / FineSide, at % FineSide);
            float down = grey[(Math.Min(row + 1, FineSide - 1) * FineSide) + column] - grey[at];
            float across = grey[(row * FineSide) + Math.Min(column + 1, FineSide - 1)] - grey[at];
            int cell = (row * Side / FineSide * Side) + (column * Side / FineSide);
            strength[cell] += MathF.Sqrt((down * down) + (across * across));
        }

        return strength;
    }

    /// <summary>Pixels of each cell whose value is not that of the pixel to the right or below.</summary>
    private static float[] ComputeEdges(Picture mask)
    {
        float[] counts = new float[Side * Side];
        int[] above = new int[mask.Width];
        for (int row = 0; row < mask.Height; row++)
        {
            int before = 0;
            for (int column = 0; column < mask.Width; column++)
            {
                int value = MaskValues.GetValue(mask, (row * mask.Width) + column);
                bool isEdge = (column > 0 && value != before) || (row > 0 && value != above[column]);
                long cell = ((long)row * Side / mask.Height * Side) + ((long)column * Side / mask.Width);
                counts[cell] += isEdge ? 1 : 0;
                (before, above[column]) = (value, value);
            }
        }

        return counts;
    }

    private static float[] Normalize(float[] values)
    {
        float mean = values.Average();
        float[] centered = [.. values.Select(value => value - mean)];
        float length = MathF.Sqrt(Dot(centered, centered));
        return length > 1e-6f ? [.. centered.Select(value => value / length)] : new float[values.Length];
    }

    private static float Dot(float[] a, float[] b)
    {
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < a.Length; i += Vector<float>.Count) // which divides the 1024 cells
        {
            sum += new Vector<float>(a, i) * new Vector<float>(b, i);
        }

        return Vector.Sum(sum);
    }
}
