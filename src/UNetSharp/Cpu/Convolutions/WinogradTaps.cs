using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// 3×3 filters out of PyTorch's array, 16 result channels side by side. In the array the nine taps of a filter lie
/// together, neighbouring source channels <paramref name="sourceStride"/> floats apart, neighbouring result channels
/// <paramref name="resultStride"/>. Flipped, filters are turned by 180°, as the gradient by the input needs them.
/// <paramref name="scale"/>, a factor for each channel of whole panels, may be null. Channels beyond the last are
/// zeros.
/// </summary>
internal readonly unsafe struct WinogradTaps(
    int resultChannels, float* weights, int sourceStride, int resultStride, bool isFlipped, float* scale)
{
    /// <summary>Taps of a filter.</summary>
    public const int Count = 9;

    /// <summary>Source channels that <see cref="Near"/> takes.</summary>
    public const int NearChannels = 16;

    /// <summary>Floats from one result channel to the next where filters are copied to scratch memory.</summary>
    public const int NearStride = (NearChannels * Count) + 16;

    /// <summary>Floats of scratch memory for <see cref="Near"/>.</summary>
    public const int NearFloats = PackedWeights.PanelWidth * NearStride;

    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int Lanes = 8;

    /// <summary>taps[tap][16] of a panel of result channels and a source channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(int panel, int sourceChannel, float* taps)
    {
        int first = panel * PanelWidth;
        int width = Math.Min(PanelWidth, resultChannels - first);
        float* from = weights + ((long)sourceChannel * sourceStride) + ((long)first * resultStride);
        if (width == PanelWidth)
        {
            ReadHalf(from, taps);
            ReadHalf(from + ((nint)Lanes * resultStride), taps + Lanes);
        }
        else
        {
            ReadSome(from, width, taps);
        }

        if (scale != null)
        {
            Scale(scale + first, taps);
        }
    }

    /// <summary>
    /// The filters of one panel and a few source channels. Where those of neighbouring result channels lie far apart,
    /// often a multiple of the cache's size, they are copied to <see cref="NearFloats"/> floats of scratch memory, lest
    /// they drive each other out.
    /// </summary>
    public WinogradTaps Near(int panel, int sourceChannel, int count, float* scratch)
    {
        int first = panel * PanelWidth;
        int width = Math.Min(PanelWidth, resultChannels - first);
        float* from = weights + ((long)sourceChannel * sourceStride) + ((long)first * resultStride);
        float* factors = scale == null ? null : scale + first;
        if (resultStride < sourceStride)
        {
            return new(width, from, sourceStride, resultStride, isFlipped, factors);
        }

        for (int o = 0; o < width; o++, from += resultStride)
        {
            new Span<float>(from, count * Count).CopyTo(new Span<float>(scratch + (o * NearStride), count * Count));
        }

        return new(width, scratch, Count, NearStride, isFlipped, factors);
    }

    /// <summary>The array's eight first taps turn into rows, and the last is picked one by one.</summary>
    private void ReadHalf(float* from, float* taps)
    {
        const int Last = Count - 1;
        Transposition.Eight(
            from, resultStride, isFlipped ? taps + (Last * PanelWidth) : taps, isFlipped ? -PanelWidth : PanelWidth);
        float* last = isFlipped ? taps : taps + (Last * PanelWidth);
        from += Last;
        nint step = resultStride;
        float* from4 = from + (4 * step);
        Vector256.Create(
            *from,
            from[step],
            from[2 * step],
            from[3 * step],
            *from4,
            from4[step],
            from4[2 * step],
            from4[3 * step]).Store(last);
    }

    private void ReadSome(float* from, int width, float* taps)
    {
        new Span<float>(taps, Count * PanelWidth).Clear();
        for (int o = 0; o < width; o++, from += resultStride)
        {
            for (int t = 0; t < Count; t++)
            {
                taps[(t * PanelWidth) + o] = from[isFlipped ? Count - 1 - t : t];
            }
        }
    }

    private static void Scale(float* factors, float* taps)
    {
        Vector256<float> first = Vector256.Load(factors), second = Vector256.Load(factors + Lanes);
        for (int t = 0; t < Count; t++, taps += PanelWidth)
        {
            (Vector256.Load(taps) * first).Store(taps);
            (Vector256.Load(taps + Lanes) * second).Store(taps + Lanes);
        }
    }
}
