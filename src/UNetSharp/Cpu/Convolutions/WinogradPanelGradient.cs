using System.Runtime.CompilerServices;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Gradient of a 3×3 convolution by its filters, as <see cref="WinogradWeightGradient{TTransform}"/>, for small maps
/// with many channels, where the transformed sums are what is large: the sums of a few source channels and a panel of
/// result channels are taken over all tiles and transformed back while they are in the cache, and never go to memory.
/// </summary>
internal readonly unsafe struct WinogradPanelGradient<TTransform>
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;

    // Source channels whose patches stay in L2 while the panels of a group pass by.
    private const int ChunkChannels = 4 * OuterProducts.Channels;

    // Panels of a block.
    private const int GroupPanels = 8;

    // What the patches, and the gradients, of all tiles may take of L3, in floats.
    private const long MaxFloats = 3 << 20;

    // Blocks that keep many threads busy.
    private const int MinBlocks = 8;

    // Tiles of a block of the transforms.
    private const int TransformTiles = 8;

    private readonly View _x;
    private readonly View _dy;
    private readonly WinogradTiles<TTransform> _tiles;
    private readonly float* _scratch;

    private WinogradPanelGradient(View x, View dy, WinogradWindow window, float* scratch)
    {
        _x = x;
        _dy = dy;
        _tiles = new WinogradTiles<TTransform>(dy.Shape.N, dy.Shape.H, dy.Shape.W, window);
        _scratch = scratch;
    }

    private static nint SumPlane => (ChunkChannels * PanelWidth) + PanelWidth;

    private int Chunks => (_x.Channels + ChunkChannels - 1) / ChunkChannels;

    private int Panels => (_dy.Channels + PanelWidth - 1) / PanelWidth;

    private int Groups => (Panels + GroupPanels - 1) / GroupPanels;

    // v[chunk][k][tile][channel of the chunk].
    private nint SourcePlane => (_tiles.Count * ChunkChannels) + PanelWidth;

    private nint SourceChunk => TTransform.Products * SourcePlane;

    // m[panel][k][tile][16].
    private nint ResultPlane => (_tiles.Count * PanelWidth) + PanelWidth;

    private nint ResultPanel => TTransform.Products * ResultPlane;

    private float* Results => _scratch + (Chunks * SourceChunk);

    /// <summary>Whether images of these sizes are small enough, and have channels enough.</summary>
    public static bool IsApplicable(View x, View dy, WinogradWindow window)
    {
        WinogradPanelGradient<TTransform> job = new(x, dy, window, null);
        return Math.Max(job.Chunks * job.SourceChunk, job.Panels * job.ResultPanel) <= MaxFloats
            && job.Chunks * job.Groups >= MinBlocks;
    }

    /// <summary>Scratch floats for so many workers.</summary>
    public static long ScratchFloats(View x, View dy, WinogradWindow window, int workers)
    {
        WinogradPanelGradient<TTransform> job = new(x, dy, window, null);
        return (job.Chunks * job.SourceChunk) + (job.Panels * job.ResultPanel) + (
            workers * TTransform.Products * SumPlane);
    }

    /// <summary>Writes the gradient in PyTorch's order, [result channel][source channel][tap].</summary>
    public static void Execute(Workers workers, View x, View dy, WinogradWindow window, float* gradient, float* scratch)
    {
        WinogradPanelGradient<TTransform> all = new(x, dy, window, scratch);
        int blocks = (all._tiles.Count + TransformTiles - 1) / TransformTiles;
        workers.Execute((all.Chunks + 1) * blocks, new Transform(all, blocks));
        workers.Execute(all.Chunks * all.Groups, new Sum(all, gradient));
    }

    private int GetChannels(int chunk) => Math.Min(ChunkChannels, _x.Channels - (chunk * ChunkChannels));

    /// <summary>
    /// Transforms a chunk of channels of the patches of a few tiles; or, behind the last chunk, their gradients.
    /// </summary>
    private readonly struct Transform(WinogradPanelGradient<TTransform> all, int blocks) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int chunk, int part) = Math.DivRem(block, blocks);
            int first = part * TransformTiles;
            int count = Math.Min(TransformTiles, all._tiles.Count - first);
            if (chunk == all.Chunks)
            {
                float* m = all.Results + (first * PanelWidth);
                all._tiles.TransformResultGradient(
                    all._dy, first, count, m, PanelWidth, all.ResultPlane, all.ResultPanel);
                return;
            }

            View x = new(
                all._x.Start + (chunk * ChunkChannels), all._x.Shape.WithChannels(
                    all.GetChannels(chunk)), all._x.Stride);
            float* v = all._scratch + (chunk * all.SourceChunk) + (first * ChunkChannels);
            all._tiles.TransformSource(x, first, count, v, ChunkChannels, all.SourcePlane);
        }
    }

    /// <summary>The gradients of a chunk of source channels and a group of panels.</summary>
    private readonly struct Sum(WinogradPanelGradient<TTransform> all, float* gradient) : IJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int block, int worker)
        {
            (int chunk, int group) = Math.DivRem(block, all.Groups);
            float* sums = all.Results + (all.Panels * all.ResultPanel) + (worker * TTransform.Products * SumPlane);
            float* v = all._scratch + (chunk * all.SourceChunk);
            int channels = all.GetChannels(chunk);
            int end = Math.Min(all.Panels, (group + 1) * GroupPanels);
            for (int panel = group * GroupPanels; panel < end; panel++)
            {
                float* m = all.Results + (panel * all.ResultPanel);
                for (int k = 0; k < TTransform.Products; k++)
                {
                    // Channels behind the last are summed too, and not kept.
                    for (int c = 0; c < channels; c += OuterProducts.Channels)
                    {
                        OuterProducts.Sum(
                            v + (k * all.SourcePlane) + c,
                            0,
                            ChunkChannels,
                            m + (k * all.ResultPlane),
                            rows: 1,
                            all._tiles.Count,
                            sums + (k * SumPlane) + (c * PanelWidth),
                            adds: false);
                    }
                }

                int first = panel * PanelWidth;
                int width = Math.Min(PanelWidth, all._dy.Channels - first);
                nint filter = ((nint)first * all._x.Channels) + (chunk * ChunkChannels);
                WinogradFilterGradient.Finish<TTransform>(
                    sums, SumPlane, channels, width, gradient + (filter * WinogradTaps.Count), all._x.Channels);
            }
        }
    }
}
