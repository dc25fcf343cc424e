using System.Runtime.CompilerServices;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The transformed filters G g Gᵀ of <see cref="WinogradConvolution{TTransform}"/>: for each product k a matrix of
/// source by result channels, in panels of 16 result channels:
/// <code>u[panel][k][source channel][16]</code>
/// Channels beyond the last are zeros.
/// </summary>
internal readonly unsafe struct WinogradWeights<TTransform>(int sourceChannels, int resultChannels)
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int Lanes = 8;

    // Three taps of eight result channels.
    private const int Line = 3 * Lanes;

    /// <summary>Source channels.</summary>
    public int SourceChannels { get; } = sourceChannels;

    /// <summary>Number of panels.</summary>
    public int Panels => (resultChannels + PanelWidth - 1) / PanelWidth;

    /// <summary>Floats from one product to the next: not a power of two, which would put all into one set of the cache.
    /// </summary>
    public nint PlaneFloats => ((nint)SourceChannels * PanelWidth) + PanelWidth;

    /// <summary>Floats from one panel to the next.</summary>
    public nint PanelFloats => TTransform.Products * PlaneFloats;

    /// <summary>Floats of all products.</summary>
    public long Floats => (long)Panels * PanelFloats;

    /// <summary>u[k][channel][16] of some source channels of a panel.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(WinogradTaps filters, int panel, int first, int channels, float* u, nint plane)
    {
        float* tapsMemory = stackalloc float[(WinogradTaps.Count * PanelWidth) + CacheLine.Floats];
        float* taps = CacheLine.Align(tapsMemory);
        float* scratchMemory = stackalloc float[WinogradTaps.NearFloats + CacheLine.Floats];
        float* scratch = CacheLine.Align(scratchMemory);
        float* linesMemory = stackalloc float[(TTransform.Patch * Line) + CacheLine.Floats];
        float* lines = CacheLine.Align(linesMemory);
        for (int start = 0; start < channels; start += WinogradTaps.NearChannels)
        {
            int count = Math.Min(WinogradTaps.NearChannels, channels - start);
            WinogradTaps near = filters.Near(panel, first + start, count, scratch);
            for (int c = 0; c < count; c++, u += PanelWidth)
            {
                near.Read(panel: 0, c, taps);
                for (nint o = 0; o < PanelWidth; o += Lanes)
                {
                    Transform(taps + o, lines, u + o, plane);
                }
            }
        }
    }

    /// <summary>u[k][8] = G g Gᵀ for all products k, of taps[tap][16], eight result channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform(float* taps, float* lines, float* u, nint plane)
    {
        TTransform.Filter(taps, 3 * PanelWidth, lines, Line);
        TTransform.Filter(taps + PanelWidth, 3 * PanelWidth, lines + Lanes, Line);
        TTransform.Filter(taps + (2 * PanelWidth), 3 * PanelWidth, lines + (2 * Lanes), Line);
        for (nint i = 0; i < TTransform.Patch; i++, lines += Line, u += TTransform.Patch * plane)
        {
            TTransform.Filter(lines, Lanes, u, plane);
        }
    }

    /// <summary>Transforms filters; a block is a panel.</summary>
    internal readonly struct Pack(WinogradWeights<TTransform> layout, WinogradTaps filters, float* packed) : IJob
    {
        public void Execute(int block, int worker)
        {
            Transform(
                filters, block, 0, layout.SourceChannels, packed + (block * layout.PanelFloats), layout.PlaneFloats);
        }
    }
}
