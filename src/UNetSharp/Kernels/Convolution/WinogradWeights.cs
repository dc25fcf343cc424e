using System.Runtime.CompilerServices;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// The transformed filters G g Gᵀ of <see cref="WinogradConvolution{TTransform}"/>: for each product k a matrix of source by
/// result channels, in panels of 16 result channels:
/// <code>u[panel][k][source channel][16]</code>
/// Channels beyond the last are zeros.
/// </summary>
internal readonly unsafe struct WinogradWeights<TTransform>(int sourceChannels, int resultChannels)
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;

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

    /// <summary>
    /// Transforms filters; a block is a panel. In PyTorch's array the nine taps of a filter lie together, neighbouring
    /// source channels <paramref name="sourceStride"/> floats apart, neighbouring result channels
    /// <paramref name="resultStride"/>. Flipped, filters are turned by 180°, as the gradient by the input needs them.
    /// <paramref name="scale"/>, a factor for each result channel, may be null.
    /// </summary>
    internal readonly struct Pack(
        WinogradWeights<TTransform> layout,
        int resultChannels,
        float* weights,
        int sourceStride,
        int resultStride,
        bool isFlipped,
        float* scale,
        float* packed)
        : IJob
    {
        private const int Taps = 9;

        [SkipLocalsInit]
        public void Run(int block, int worker)
        {
            float* taps = stackalloc float[Taps * PanelWidth];
            int first = block * PanelWidth;
            int width = Math.Min(PanelWidth, resultChannels - first);
            new Span<float>(taps, Taps * PanelWidth).Clear();
            float* to = packed + (block * layout.PanelFloats);
            for (int c = 0; c < layout.SourceChannels; c++, to += PanelWidth)
            {
                for (int o = 0; o < width; o++)
                {
                    float* from = weights + ((long)c * sourceStride) + ((long)(first + o) * resultStride);
                    float factor = scale == null ? 1 : scale[first + o];
                    for (int t = 0; t < Taps; t++)
                    {
                        taps[(t * PanelWidth) + o] = from[isFlipped ? Taps - 1 - t : t] * factor;
                    }
                }

                Transform(taps, to, layout.PlaneFloats);
                Transform(taps + 8, to + 8, layout.PlaneFloats);
            }
        }

        [SkipLocalsInit]
        private static void Transform(float* taps, float* to, nint plane)
        {
            const int Lanes = 8;
            const int Line = 3 * Lanes;
            float* lines = stackalloc float[TTransform.Patch * Line];
            for (int j = 0; j < 3; j++)
            {
                TTransform.Filter(taps + (j * PanelWidth), 3 * PanelWidth, lines + (j * Lanes), Line);
            }

            for (int i = 0; i < TTransform.Patch; i++, lines += Line, to += TTransform.Patch * plane)
            {
                TTransform.Filter(lines, Lanes, to, plane);
            }
        }
    }
}
