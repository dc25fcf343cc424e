using System.Runtime.CompilerServices;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The transforms of <see cref="IWinogradTransform"/> along both axes of one tile: of the columns of a patch first,
/// then of the rows of what that gives. Both passes go through some channels of a line before the next line: memory is
/// read and written in few long streams.
/// </summary>
internal static unsafe class WinogradTile<TTransform>
    where TTransform : struct, IWinogradTransform
{
    /// <summary>Channels of a patch that are transformed at a time: between the two passes they stay in L1.</summary>
    public const int MaxChannels = 64;

    private const int Lanes = 8;
    private const int PanelWidth = PackedWeights.PanelWidth;

    /// <summary>
    /// v[k][channel] = Bᵀ x B for all products k, of up to <see cref="MaxChannels"/> channels of a patch.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Source(float* x, nint rowStep, nint pixelStep, int channels, float* v, nint plane)
    {
        float* linesMemory = stackalloc float[(TTransform.Products * MaxChannels) + CacheLine.Floats];
        float* lines = CacheLine.Align(linesMemory);
        for (int j = 0; j < TTransform.Patch; j++, x += pixelStep)
        {
            for (nint c = 0; c < channels; c += Lanes)
            {
                TTransform.Source(x + c, rowStep, lines + (j * MaxChannels) + c, TTransform.Patch * MaxChannels);
            }
        }

        for (
            int i = 0; i < TTransform.Patch; i++,
            lines += TTransform.Patch * MaxChannels,
            v += TTransform.Patch * plane)
        {
            for (nint c = 0; c < channels; c += Lanes)
            {
                TTransform.Source(lines + c, MaxChannels, v + c, plane);
            }
        }
    }

    /// <summary>y[pixel][16] = Aᵀ m A, of m[k][16].</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Result(float* m, float* y)
    {
        const int Line = PanelWidth;
        float* linesMemory = stackalloc float[(TTransform.Result * TTransform.Patch * Line) + CacheLine.Floats];
        float* lines = CacheLine.Align(linesMemory);
        for (int j = 0; j < TTransform.Patch; j++)
        {
            for (nint c = 0; c < PanelWidth; c += Lanes)
            {
                nint at = (j * Line) + c;
                TTransform.Finish(m + at, TTransform.Patch * Line, lines + at, TTransform.Patch * Line);
            }
        }

        for (int i = 0; i < TTransform.Result; i++, lines += TTransform.Patch * Line, y += TTransform.Result * Line)
        {
            for (nint c = 0; c < PanelWidth; c += Lanes)
            {
                TTransform.Finish(lines + c, Line, y + c, Line);
            }
        }
    }

    /// <summary>m[k][16] = A dy Aᵀ for all products k: the gradient of <see cref="Result"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ResultGradient(float* dy, nint rowStep, nint pixelStep, float* m, nint plane)
    {
        const int Line = PanelWidth;
        float* linesMemory = stackalloc float[(TTransform.Patch * TTransform.Result * Line) + CacheLine.Floats];
        float* lines = CacheLine.Align(linesMemory);
        for (int j = 0; j < TTransform.Result; j++, dy += pixelStep)
        {
            for (nint c = 0; c < PanelWidth; c += Lanes)
            {
                TTransform.FinishGradient(dy + c, rowStep, lines + (j * Line) + c, TTransform.Result * Line);
            }
        }

        for (int i = 0; i < TTransform.Patch; i++, lines += TTransform.Result * Line, m += TTransform.Patch * plane)
        {
            for (nint c = 0; c < PanelWidth; c += Lanes)
            {
                TTransform.FinishGradient(lines + c, Line, m + c, plane);
            }
        }
    }
}
