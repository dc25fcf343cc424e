using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// The register tile of gradients by weights, summed over pixels or over Winograd's tiles:
/// <code>sums[6][16] = Σ a[6] ⊗ b[16]</code>
/// The sums stay in twelve vector registers.
/// </summary>
internal static unsafe class OuterProducts
{
    /// <summary>Channels of a.</summary>
    public const int Channels = 6;

    private const int PanelWidth = PackedWeights.PanelWidth;

    /// <summary>Sums the products of some rows and columns, or adds them.</summary>
    /// <param name="a">Six channels of the first place.</param>
    /// <param name="rowStep">Floats of a from a row to the next.</param>
    /// <param name="step">Floats of a from a column to the next.</param>
    /// <param name="b">Sixteen channels of every place, one after another.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="adds">Whether to add to the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* a, nint rowStep, nint step, float* b, int rows, int columns, float* sums, bool adds)
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        if (adds)
        {
            (s00, s01) = (Vector256.Load(sums), Vector256.Load(sums + 8));
            (s10, s11) = (Vector256.Load(sums + 16), Vector256.Load(sums + 24));
            (s20, s21) = (Vector256.Load(sums + 32), Vector256.Load(sums + 40));
            (s30, s31) = (Vector256.Load(sums + 48), Vector256.Load(sums + 56));
            (s40, s41) = (Vector256.Load(sums + 64), Vector256.Load(sums + 72));
            (s50, s51) = (Vector256.Load(sums + 80), Vector256.Load(sums + 88));
        }

        for (int row = 0; row < rows; row++, a += rowStep)
        {
            float* g = a;
            for (int column = 0; column < columns; column++, g += step, b += PanelWidth)
            {
                Vector256<float> d0 = Vector256.Load(b);
                Vector256<float> d1 = Vector256.Load(b + 8);
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
