using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The matrix product in the middle of Winograd's algorithm, for one product k and panel of 16 result channels:
/// m[tile][16] = Σ v[tile][channel] · u[channel][16]. The sums of 6 tiles × 16 channels stay in registers; of 5 or 4,
/// where that divides the last tiles without a rest, as on small maps these are not few; of 12 where the processor has
/// registers of 16 values. Every way adds in the same order, to the same bits.
/// </summary>
internal static unsafe class WinogradProduct
{
    /// <summary>Tiles of the largest register tile.</summary>
    public const int TileRows = RegisterTile.Rows;

    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int WideRows = 12;

    private interface IRows
    {
        static abstract int Count { get; }
    }

    /// <summary>Adds the products of some source channels, or starts with them.</summary>
    /// <param name="v">Transformed patches of the first tile.</param>
    /// <param name="row">Floats from a tile's patch to the next one's.</param>
    /// <param name="u">Transformed filters.</param>
    /// <param name="channels">Source channels.</param>
    /// <param name="m">Sums of the first tile.</param>
    /// <param name="resultRow">Floats from a tile's sums to the next one's.</param>
    /// <param name="count">Tiles; up to three more are computed, where memory reaches to whole register tiles.</param>
    /// <param name="adds">Whether the products are added to the sums.</param>
    public static void Execute(
        float* v, nint row, float* u, nint channels, float* m, nint resultRow, int count, bool adds)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            int wide = count / WideRows * WideRows;
            WideTiles(v, row, u, channels, m, resultRow, wide, adds);
            v += wide * row;
            m += wide * resultRow;
            count -= wide;
        }

        int rest = Rest(count);
        Tiles<Six>(v, row, u, channels, m, resultRow, count - rest, adds);
        if (rest > 0)
        {
            int whole = count - rest;
            int fives = rest is 5 or 9 or 13 ? 5 : 0;
            v += whole * row;
            m += whole * resultRow;
            Tiles<Five>(v, row, u, channels, m, resultRow, fives, adds);
            Tiles<Four>(v + (fives * row), row, u, channels, m + (fives * resultRow), resultRow, rest - fives, adds);
        }
    }

    /// <summary>Twelve tiles at a time, sixteen channels in a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void WideTiles(
        float* v, nint row, float* u, nint channels, float* m, nint resultRow, int count, bool adds)
    {
        for (int tile = 0; tile < count; tile += WideRows, v += WideRows * row, m += WideRows * resultRow)
        {
            Vector512<float> m0 = default, m1 = default, m2 = default, m3 = default;
            Vector512<float> m4 = default, m5 = default, m6 = default, m7 = default;
            Vector512<float> m8 = default, m9 = default, m10 = default, m11 = default;
            float* to0 = m, to3 = to0 + (3 * resultRow), to6 = to3 + (3 * resultRow), to9 = to6 + (3 * resultRow);
            if (adds)
            {
                m0 = Vector512.Load(to0);
                m1 = Vector512.Load(to0 + resultRow);
                m2 = Vector512.Load(to0 + (2 * resultRow));
                m3 = Vector512.Load(to3);
                m4 = Vector512.Load(to3 + resultRow);
                m5 = Vector512.Load(to3 + (2 * resultRow));
                m6 = Vector512.Load(to6);
                m7 = Vector512.Load(to6 + resultRow);
                m8 = Vector512.Load(to6 + (2 * resultRow));
                m9 = Vector512.Load(to9);
                m10 = Vector512.Load(to9 + resultRow);
                m11 = Vector512.Load(to9 + (2 * resultRow));
            }

            float* x0 = v, x3 = x0 + (3 * row), x6 = x3 + (3 * row), x9 = x6 + (3 * row);
            float* panel = u;
            for (nint c = 0; c < channels; c++, x0++, x3++, x6++, x9++, panel += PanelWidth)
            {
                Vector512<float> w = Vector512.Load(panel);
                m0 = Vector512.MultiplyAddEstimate(Vector512.Create(*x0), w, m0);
                m1 = Vector512.MultiplyAddEstimate(Vector512.Create(x0[row]), w, m1);
                m2 = Vector512.MultiplyAddEstimate(Vector512.Create(x0[2 * row]), w, m2);
                m3 = Vector512.MultiplyAddEstimate(Vector512.Create(*x3), w, m3);
                m4 = Vector512.MultiplyAddEstimate(Vector512.Create(x3[row]), w, m4);
                m5 = Vector512.MultiplyAddEstimate(Vector512.Create(x3[2 * row]), w, m5);
                m6 = Vector512.MultiplyAddEstimate(Vector512.Create(*x6), w, m6);
                m7 = Vector512.MultiplyAddEstimate(Vector512.Create(x6[row]), w, m7);
                m8 = Vector512.MultiplyAddEstimate(Vector512.Create(x6[2 * row]), w, m8);
                m9 = Vector512.MultiplyAddEstimate(Vector512.Create(*x9), w, m9);
                m10 = Vector512.MultiplyAddEstimate(Vector512.Create(x9[row]), w, m10);
                m11 = Vector512.MultiplyAddEstimate(Vector512.Create(x9[2 * row]), w, m11);
            }

            m0.Store(to0);
            m1.Store(to0 + resultRow);
            m2.Store(to0 + (2 * resultRow));
            m3.Store(to3);
            m4.Store(to3 + resultRow);
            m5.Store(to3 + (2 * resultRow));
            m6.Store(to6);
            m7.Store(to6 + resultRow);
            m8.Store(to6 + (2 * resultRow));
            m9.Store(to9);
            m10.Store(to9 + resultRow);
            m11.Store(to9 + (2 * resultRow));
        }
    }

    /// <summary>Tiles that are not taken six at a time, so that as few as possible are computed for nothing.</summary>
    private static int Rest(int count) => (count % TileRows) switch
    {
        1 when count > 7 => 5 + 4 + 4,
        2 when count > 2 => 4 + 4,
        3 when count > 3 => 5 + 4,
        1 => count,
        int rest => rest,
    };

    /// <summary>So many tiles, a number of rows at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tiles<TRows>(
        float* v, nint row, float* u, nint channels, float* m, nint resultRow, int count, bool adds)
        where TRows : struct, IRows
    {
        for (int tile = 0; tile < count; tile += TRows.Count, v += TRows.Count * row, m += TRows.Count * resultRow)
        {
            RegisterTile sums = default;
            if (adds)
            {
                sums.Load(m, resultRow, TRows.Count);
            }

            float* v3 = v + (3 * row);
            sums.AddProduct(v, v + row, v + (2 * row), v3, v3 + row, v3 + (2 * row), u, channels, TRows.Count);
            sums.Store(m, resultRow, TRows.Count);
        }
    }

    private readonly struct Six : IRows
    {
        public static int Count => 6;
    }

    private readonly struct Five : IRows
    {
        public static int Count => 5;
    }

    private readonly struct Four : IRows
    {
        public static int Count => 4;
    }
}
