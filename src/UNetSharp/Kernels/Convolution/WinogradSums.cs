using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// The two steps of the gradient by filters in Winograd's algorithm: sums over tiles, du[c][16] = Σ v[tile][c] · m[tile][16] for
/// each product k, of which 6 × 16 stay in registers; then dw = Gᵀ du G.
/// </summary>
internal static unsafe class WinogradSums
{
    /// <summary>Source channels of a register tile.</summary>
    public const int Channels = 6;

    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int Lanes = 8;

    /// <summary>sums[6][16] = Σ over tiles of v[6] ⊗ m[16], or adds that.</summary>
    /// <param name="v">Transformed patches: six source channels of the first tile.</param>
    /// <param name="row">Floats from a tile's patch to the next one's.</param>
    /// <param name="m">Transformed gradients: 16 result channels of the tiles, one after the other.</param>
    /// <param name="count">Tiles.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="adds">Whether to add to the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* v, nint row, float* m, int count, float* sums, bool adds)
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

        for (int t = 0; t < count; t++, v += row, m += PanelWidth)
        {
            Vector256<float> m0 = Vector256.Load(m);
            Vector256<float> m1 = Vector256.Load(m + 8);
            Vector256<float> x = Vector256.Create(v[0]);
            s00 = Vector256.MultiplyAddEstimate(x, m0, s00);
            s01 = Vector256.MultiplyAddEstimate(x, m1, s01);
            x = Vector256.Create(v[1]);
            s10 = Vector256.MultiplyAddEstimate(x, m0, s10);
            s11 = Vector256.MultiplyAddEstimate(x, m1, s11);
            x = Vector256.Create(v[2]);
            s20 = Vector256.MultiplyAddEstimate(x, m0, s20);
            s21 = Vector256.MultiplyAddEstimate(x, m1, s21);
            x = Vector256.Create(v[3]);
            s30 = Vector256.MultiplyAddEstimate(x, m0, s30);
            s31 = Vector256.MultiplyAddEstimate(x, m1, s31);
            x = Vector256.Create(v[4]);
            s40 = Vector256.MultiplyAddEstimate(x, m0, s40);
            s41 = Vector256.MultiplyAddEstimate(x, m1, s41);
            x = Vector256.Create(v[5]);
            s50 = Vector256.MultiplyAddEstimate(x, m0, s50);
            s51 = Vector256.MultiplyAddEstimate(x, m1, s51);
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

    /// <summary>dw = Gᵀ du G, written to PyTorch's array of filters.</summary>
    /// <param name="du">Sums: du[k][source channel][16].</param>
    /// <param name="plane">Floats from one k to the next.</param>
    /// <param name="channels">Source channels.</param>
    /// <param name="width">Result channels, 16 at most.</param>
    /// <param name="dw">The first filter.</param>
    /// <param name="rowChannels">Source channels of a result channel in the array.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish<TTransform>(float* du, nint plane, int channels, int width, float* dw, int rowChannels)
        where TTransform : struct, IWinogradTransform
    {
        nint row = (nint)rowChannels * WinogradTaps.Count;
        float* nearMemory = stackalloc float[WinogradTaps.NearFloats + CacheLine.Floats];
        float* near = CacheLine.Align(nearMemory);
        for (int first = 0; first < channels; first += WinogradTaps.NearChannels)
        {
            int count = Math.Min(WinogradTaps.NearChannels, channels - first);
            for (int c = 0; c < count; c++, du += PanelWidth)
            {
                Finish<TTransform>(du, plane, near + (c * WinogradTaps.Count));
            }

            int floats = count * WinogradTaps.Count;
            for (int o = 0; o < width; o++)
            {
                float* to = dw + (o * row) + (first * WinogradTaps.Count);
                new Span<float>(near + (o * WinogradTaps.NearStride), floats).CopyTo(new Span<float>(to, floats));
            }
        }
    }

    /// <summary>One source channel's filters of 16 result channels.</summary>
    [SkipLocalsInit]
    private static void Finish<TTransform>(float* du, nint plane, float* filters)
        where TTransform : struct, IWinogradTransform
    {
        const int Last = WinogradTaps.Count - 1;
        float* tapsMemory = stackalloc float[(WinogradTaps.Count * PanelWidth) + CacheLine.Floats];
        float* taps = CacheLine.Align(tapsMemory);
        for (int half = 0; half < PanelWidth; half += Lanes, filters += Lanes * WinogradTaps.NearStride)
        {
            Filters<TTransform>(du + half, plane, taps + half);
            Transposition.Eight(taps + half, PanelWidth, filters, WinogradTaps.NearStride);
            for (int o = 0; o < Lanes; o++)
            {
                filters[(o * WinogradTaps.NearStride) + Last] = taps[(Last * PanelWidth) + half + o];
            }
        }
    }

    [SkipLocalsInit]
    private static void Filters<TTransform>(float* u, nint plane, float* taps)
        where TTransform : struct, IWinogradTransform
    {
        int line = TTransform.Patch * Lanes;
        float* linesMemory = stackalloc float[(3 * line) + CacheLine.Floats];
        float* lines = CacheLine.Align(linesMemory);
        for (int j = 0; j < TTransform.Patch; j++)
        {
            TTransform.FilterGradient(u + (j * plane), TTransform.Patch * plane, lines + (j * Lanes), line);
        }

        for (int i = 0; i < 3; i++)
        {
            TTransform.FilterGradient(lines + (i * line), Lanes, taps + (i * 3 * PanelWidth), PanelWidth);
        }
    }
}
