using System.Runtime.CompilerServices;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// 3×3 filters out of PyTorch's array, 16 result channels side by side. In the array the nine taps of a filter lie together,
/// neighbouring source channels <paramref name="sourceStride"/> floats apart, neighbouring result channels
/// <paramref name="resultStride"/>. Flipped, filters are turned by 180°, as the gradient by the input needs them.
/// <paramref name="scale"/>, a factor for each result channel, may be null. Channels beyond the last are zeros.
/// </summary>
internal readonly unsafe struct WinogradTaps(
    int resultChannels, float* weights, int sourceStride, int resultStride, bool isFlipped, float* scale)
{
    /// <summary>Taps of a filter.</summary>
    public const int Count = 9;

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
            Scale(scale + first, width, taps);
        }
    }

    /// <summary>The array's eight first taps turn into rows, and the last is picked one by one.</summary>
    private void ReadHalf(float* from, float* taps)
    {
        const int Last = Count - 1;
        Transposition.Eight(
            from, resultStride, isFlipped ? taps + (Last * PanelWidth) : taps, isFlipped ? -PanelWidth : PanelWidth);
        float* last = isFlipped ? taps : taps + (Last * PanelWidth);
        for (int o = 0; o < Lanes; o++)
        {
            last[o] = from[((nint)o * resultStride) + Last];
        }
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

    private static void Scale(float* factors, int width, float* taps)
    {
        for (int t = 0; t < Count; t++, taps += PanelWidth)
        {
            for (int o = 0; o < width; o++)
            {
                taps[o] *= factors[o];
            }
        }
    }

    /// <summary>Writes packed[panel][source channel][tap][16]; a block is a panel.</summary>
    internal readonly struct Pack(WinogradTaps taps, int sourceChannels, float* packed) : IJob
    {
        public void Run(int block, int worker)
        {
            float* to = packed + ((nint)block * sourceChannels * Count * PanelWidth);
            for (int c = 0; c < sourceChannels; c++, to += Count * PanelWidth)
            {
                taps.Read(block, c, to);
            }
        }
    }
}
