using System.Runtime.CompilerServices;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Gradient of a 3×3 convolution of stride 1 by its filters, by the transforms of <see cref="IWinogradTransform"/>.
/// With the transformed patches v of the source and gradients m = A dy Aᵀ of the result it is a sum over all tiles,
/// <code>
/// du[k][c][o] = Σ over tiles v[k][tile][c] · m[k][tile][o]        dw = Gᵀ du G
/// </code>
/// with as few multiplications as forward.
/// </summary>
/// <remarks>
/// Tiles are taken in runs whose transforms fit the cache; each product and group of panels is summed by one block, run
/// after run, so the result does not depend on the number of threads.
/// </remarks>
internal readonly unsafe struct WinogradWeightGradient<TTransform>
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileChannels = OuterProducts.Channels;

    // Source channels whose patches of a run stay in L2 while the panels of a group pass by.
    private const int GroupChannels = 48;

    // Panels of a block.
    private const int GroupPanels = 4;

    // Tiles of a block of the transforms.
    private const int TransformTiles = 8;

    // Transforms of a run, in floats: 4 MiB, which stay in L3 beside neighbours. Sums above 8 MiB are not gone through
    // run after run: there all tiles are one.
    private const long RunFloats = 1 << 20;
    private const long MaxSums = 2 << 20;
    private const int MinRunTiles = 48;

    private readonly View _x;
    private readonly View _dy;
    private readonly WinogradTiles<TTransform> _tiles;
    private readonly WinogradWeights<TTransform> _layout;
    private readonly int _runTiles;
    private readonly float* _v;
    private readonly float* _m;
    private readonly float* _sums;

    private WinogradWeightGradient(View x, View dy, WinogradTiles<TTransform> tiles, float* scratch)
    {
        _x = x;
        _dy = dy;
        _tiles = tiles;
        _layout = new WinogradWeights<TTransform>(x.Channels, dy.Channels);
        long tileFloats = TTransform.Products * (long)(x.Channels + dy.Channels);
        _runTiles = _layout.Floats > MaxSums
            ? tiles.Count
            : (int)Math.Clamp(RunFloats / tileFloats, Math.Min(MinRunTiles, tiles.Count), tiles.Count);
        _v = scratch;
        _m = _v + (TTransform.Products * SourcePlane);
        _sums = _m + (TTransform.Products * ResultPlane);
    }

    private nint SourcePlane => ((nint)_runTiles * WinogradTiles<TTransform>.RowFloats(_x.Channels)) + PanelWidth;

    private nint PanelFloats => (nint)_runTiles * PanelWidth;

    private nint ResultPlane => (_layout.Panels * PanelFloats) + PanelWidth;

    private int PanelGroups => (_layout.Panels + GroupPanels - 1) / GroupPanels;

    /// <summary>Scratch floats for all workers.</summary>
    public static long ScratchFloats(View x, View dy, WinogradWindow window)
    {
        WinogradWeightGradient<TTransform> job = new(x, dy, CreateTiles(dy, window), null);
        return (TTransform.Products * (job.SourcePlane + job.ResultPlane)) + job._layout.Floats;
    }

    /// <summary>Writes the gradient in PyTorch's order, [result channel][source channel][tap].</summary>
    public static void Execute(
        Workers workers, View x, View dy, WinogradWindow window, float* gradient, float* scratch)
    {
        WinogradTiles<TTransform> tiles = CreateTiles(dy, window);
        WinogradWeightGradient<TTransform> sums = new(x, dy, tiles, scratch);
        for (int first = 0; first < tiles.Count; first += sums._runTiles)
        {
            int count = Math.Min(sums._runTiles, tiles.Count - first);
            workers.Execute((count + TransformTiles - 1) / TransformTiles, new Transform(sums, first, count));
            workers.Execute(TTransform.Products * sums.PanelGroups, new Sum(sums, count, adds: first > 0));
        }

        workers.Execute(sums._layout.Panels, new Finish(sums, gradient));
    }

    private static WinogradTiles<TTransform> CreateTiles(View dy, WinogradWindow window) =>
        new(dy.Shape.N, dy.Shape.H, dy.Shape.W, window);

    /// <summary>Transforms a few tiles of both images.</summary>
    private readonly struct Transform(WinogradWeightGradient<TTransform> all, int first, int count) : IJob
    {
        public void Execute(int block, int worker)
        {
            int start = block * TransformTiles;
            int tiles = Math.Min(TransformTiles, count - start);
            float* v = all._v + ((nint)start * WinogradTiles<TTransform>.RowFloats(all._x.Channels));
            float* m = all._m + ((nint)start * PanelWidth);
            all._tiles.TransformSource(
                all._x, first + start, tiles, v, WinogradTiles<TTransform>.RowFloats(all._x.Channels), all.SourcePlane);
            all._tiles.TransformResultGradient(
                all._dy, first + start, tiles, m, PanelWidth, all.ResultPlane, all.PanelFloats);
        }
    }

    /// <summary>Sums one product of a run of tiles for a group of panels.</summary>
    private readonly struct Sum(WinogradWeightGradient<TTransform> all, int count, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int k, int group) = Math.DivRem(block, all.PanelGroups);
            int channels = all._x.Channels;
            int row = WinogradTiles<TTransform>.RowFloats(channels);
            int endPanel = Math.Min(all._layout.Panels, (group + 1) * GroupPanels);
            float* v = all._v + (k * all.SourcePlane);
            float* sums = all._sums + (k * all._layout.PlaneFloats);
            for (int start = 0; start < channels; start += GroupChannels)
            {
                int end = Math.Min(channels, start + GroupChannels);
                for (int panel = group * GroupPanels; panel < endPanel; panel++)
                {
                    float* m = all._m + (k * all.ResultPlane) + (panel * all.PanelFloats);
                    float* to = sums + (panel * all._layout.PanelFloats);
                    for (int c = start; c < end; c += TileChannels)
                    {
                        Add(v + c, row, m, to + ((nint)c * PanelWidth), channels - c);
                    }
                }
            }
        }

        /// <summary>A register tile, by way of a whole one where fewer channels are left.</summary>
        [SkipLocalsInit]
        private void Add(float* v, int row, float* m, float* sums, int channelsLeft)
        {
            if (channelsLeft >= TileChannels)
            {
                OuterProducts.Sum(v, 0, row, m, rows: 1, count, sums, adds);
                return;
            }

            // What lies behind the last channel is read, but its sums are not kept.
            float* wholeMemory = stackalloc float[(TileChannels * PanelWidth) + CacheLine.Floats];
            float* whole = CacheLine.Align(wholeMemory);
            OuterProducts.Sum(v, 0, row, m, rows: 1, count, whole, adds: false);
            for (int i = 0; i < channelsLeft * PanelWidth; i++)
            {
                sums[i] = (adds ? sums[i] : 0) + whole[i];
            }
        }
    }

    /// <summary>dw = Gᵀ du G for one panel of filters.</summary>
    private readonly struct Finish(WinogradWeightGradient<TTransform> all, float* gradient) : IJob
    {
        public void Execute(int block, int worker)
        {
            int channels = all._x.Channels;
            int first = block * PanelWidth;
            float* from = all._sums + (block * all._layout.PanelFloats);
            float* to = gradient + ((nint)first * channels * WinogradTaps.Count);
            WinogradFilterGradient.Finish<TTransform>(
                from, all._layout.PlaneFloats, channels, Math.Min(PanelWidth, all._dy.Channels - first), to, channels);
        }
    }
}
