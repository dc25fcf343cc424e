using System.Runtime.CompilerServices;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The last step of the gradient by filters in Winograd's algorithm, dw = Gᵀ du G, after <see cref="OuterProducts"/>
/// has summed du[c][16] = Σ v[tile][c] · m[tile][16] for each product k.
/// </summary>
internal static unsafe class WinogradFilterGradient
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int Lanes = 8;

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
