using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// The register tile of <see cref="WeightGradient"/>, over the rows and columns of a patch:
/// <code>sums[g, d] += Σ gathered[g] · dense[d]</code>
/// The sums of 6 gathered × 16 dense channels stay in twelve vector registers.
/// </summary>
internal static unsafe class WeightGradientTile
{
    /// <summary>Gathered channels of a tile.</summary>
    public const int Gathered = 6;

    private const int PanelWidth = PackedWeights.PanelWidth;

    /// <summary>Adds the products of some rows and columns.</summary>
    /// <param name="gathered">First gathered pixel.</param>
    /// <param name="rowStep">Floats from a gathered row to the next.</param>
    /// <param name="step">Floats from a gathered pixel to the next.</param>
    /// <param name="dense">Dense pixels, one after another.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">Sums of the tile, [6][16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* gathered, int rowStep, int step, float* dense, int rows, int columns, float* sums)
    {
        Vector256<float> s00 = Vector256.Load(sums), s01 = Vector256.Load(sums + 8);
        Vector256<float> s10 = Vector256.Load(sums + 16), s11 = Vector256.Load(sums + 24);
        Vector256<float> s20 = Vector256.Load(sums + 32), s21 = Vector256.Load(sums + 40);
        Vector256<float> s30 = Vector256.Load(sums + 48), s31 = Vector256.Load(sums + 56);
        Vector256<float> s40 = Vector256.Load(sums + 64), s41 = Vector256.Load(sums + 72);
        Vector256<float> s50 = Vector256.Load(sums + 80), s51 = Vector256.Load(sums + 88);
        for (int row = 0; row < rows; row++, gathered += rowStep)
        {
            float* g = gathered;
            for (int column = 0; column < columns; column++, g += step, dense += PanelWidth)
            {
                Vector256<float> d0 = Vector256.Load(dense);
                Vector256<float> d1 = Vector256.Load(dense + 8);
                Vector256<float> x = Vector256.Create(g[0]);
                s00 = Vector256.MultiplyAddEstimate(x, d0, s00);
                s01 = Vector256.MultiplyAddEstimate(x, d1, s01);
                x = Vector256.Create(g[1]);
                s10 = Vector256.MultiplyAddEstimate(x, d0, s10);
                s11 = Vector256.MultiplyAddEstimate(x, d1, s11);
                x = Vector256.Create(g[2]);
                s20 = Vector256.MultiplyAddEstimate(x, d0, s20);
                s21 = Vector256.MultiplyAddEstimate(x, d1, s21);
                x = Vector256.Create(g[3]);
                s30 = Vector256.MultiplyAddEstimate(x, d0, s30);
                s31 = Vector256.MultiplyAddEstimate(x, d1, s31);
                x = Vector256.Create(g[4]);
                s40 = Vector256.MultiplyAddEstimate(x, d0, s40);
                s41 = Vector256.MultiplyAddEstimate(x, d1, s41);
                x = Vector256.Create(g[5]);
                s50 = Vector256.MultiplyAddEstimate(x, d0, s50);
                s51 = Vector256.MultiplyAddEstimate(x, d1, s51);
            }
        }

        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(sums + 16);
        s11.Store(sums + 24);
        s20.Store(sums + 32);
        s21.Store(sums + 40);
        s30.Store(sums + 48);
        s31.Store(sums + 56);
        s40.Store(sums + 64);
        s41.Store(sums + 72);
        s50.Store(sums + 80);
        s51.Store(sums + 88);
    }
}
