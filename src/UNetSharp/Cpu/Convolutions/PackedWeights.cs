namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The order in which <see cref="GatherConvolution"/> reads weights: for 16 result channels (a panel), for a run of
/// source channels (a chunk), for every tap, for every source channel of the chunk, 16 weights side by side:
/// <code>packed[panel][chunk][tap][channel][16]</code>
/// A panel's chunk is what the innermost loops read over and over, so its size is chosen for the L1 cache.
/// Channels beyond the last are zeros.
/// </summary>
internal readonly unsafe struct PackedWeights(int taps, int sourceChannels, int resultChannels)
{
    /// <summary>Result channels of a panel: two 8-lane vectors, the width of the register tile.</summary>
    public const int PanelWidth = 16;

    // 9 taps · 32 channels · 16 floats are 18 KiB, which leaves room for the pixels in 32 KiB of L1.
    private const int ChunkSteps = 288;

    /// <summary>Taps of the lattice.</summary>
    public int Taps { get; } = taps;

    /// <summary>Source channels.</summary>
    public int SourceChannels { get; } = sourceChannels;

    /// <summary>Result channels.</summary>
    public int ResultChannels { get; } = resultChannels;

    /// <summary>Number of panels.</summary>
    public int Panels => (ResultChannels + PanelWidth - 1) / PanelWidth;

    /// <summary>Source channels of a chunk; the last chunk may be shorter.</summary>
    public int ChunkChannels => Math.Min(SourceChannels, Math.Max(8, ChunkSteps / Math.Max(Taps, 1) / 8 * 8));

    /// <summary>Floats of one panel.</summary>
    public long PanelFloats => (long)Taps * SourceChannels * PanelWidth;

    /// <summary>Floats of all panels.</summary>
    public long Floats => Panels * PanelFloats;

    /// <summary>
    /// Packs weights; a block is a panel. <paramref name="taps"/> name the kernel positions to pack. In PyTorch's
    /// array, neighbouring source channels lie <paramref name="sourceStride"/> floats apart, neighbouring result
    /// channels
    /// <paramref name="resultStride"/>. <paramref name="scale"/>, a factor for each result channel, may be null.
    /// </summary>
    internal readonly struct Pack(
        PackedWeights layout, Tap* taps, float* weights, int sourceStride, int resultStride, float* scale,
        float* packed)
        : IJob
    {
        public void Execute(int block, int worker)
        {
            float* to = packed + (block * layout.PanelFloats);
            int first = block * PanelWidth;
            int width = Math.Min(PanelWidth, layout.ResultChannels - first);
            float* factors = stackalloc float[PanelWidth];
            for (int o = 0; o < PanelWidth; o++)
            {
                factors[o] = scale == null || o >= width ? 1 : scale[first + o];
            }

            for (int start = 0; start < layout.SourceChannels; start += layout.ChunkChannels)
            {
                int channels = Math.Min(layout.ChunkChannels, layout.SourceChannels - start);
                for (int t = 0; t < layout.Taps; t++)
                {
                    float* from = weights + taps[t].Index + ((long)start * sourceStride) + ((long)first * resultStride);
                    PackTap(from, channels, width, factors, to);
                    to += channels * PanelWidth;
                }
            }
        }

        private void PackTap(float* from, int channels, int width, float* factors, float* to)
        {
            int across = sourceStride;
            int along = resultStride;
            for (int c = 0; c < channels; c++, from += across, to += PanelWidth)
            {
                for (int o = 0; o < width; o++)
                {
                    to[o] = from[o * along] * factors[o];
                }

                for (int o = width; o < PanelWidth; o++)
                {
                    to[o] = 0;
                }
            }
        }
    }
}
