using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// 3×3 convolution of stride 1 by Winograd's algorithm, see <see cref="IWinogradTransform"/>: source patches are
/// transformed, multiplied with the transformed filters, which over all tiles and channels are P² matrix products, and
/// transformed back.
/// </summary>
/// <remarks>
/// Tiles are taken in runs whose patches and products stay in the cache. Where filters are small, each worker takes
/// runs of its own through all three steps. On the small maps with many channels deep in a network the filters are what
/// is large: there all workers share a long run and do each step of it together, so that every filter is read only once
/// for it.
/// </remarks>
internal readonly unsafe struct WinogradConvolution<TTransform>
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileRows = WinogradProduct.TileRows;

    // Source channels whose filters (16 KiB of a panel) stay in L1 while all tiles pass by.
    private const int ChunkChannels = 256;

    // What a worker's own run may take of L2, in floats; filters are read too often with fewer tiles than the least.
    private const int RunFloats = 96 * 1024;
    private const int MinRunTiles = 24;
    private const int MaxRunTiles = 72;

    // Filters above so many floats are read once for all workers.
    private const long LargeFilters = 6144 * 1024;

    // What a shared run may take of L3, in floats.
    private const long SharedRunFloats = 4 << 20;

    // Tiles of a block where transforms are steps of their own.
    private const int TransformTiles = 8;

    // Blocks of each product's panels where products are a step of their own.
    private const int PanelGroups = 4;

    private readonly View _source;
    private readonly View _result;
    private readonly WinogradTiles<TTransform> _tiles;
    private readonly WinogradWeights<TTransform> _layout;
    private readonly float* _weights;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;

    private WinogradConvolution(
        View source,
        View result,
        WinogradTiles<TTransform> tiles,
        float* weights,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        _source = source;
        _result = result;
        _tiles = tiles;
        _layout = new WinogradWeights<TTransform>(source.Channels, result.Channels);
        _weights = weights;
        _epilogue = epilogue;
        _adds = adds;
        _scratch = scratch;
    }

    private bool IsShared => _layout.Floats > LargeFilters || _tiles.Count <= MinRunTiles;

    /// <summary>Tiles of a run.</summary>
    private int RunTiles => IsShared
        ? (_tiles.Count + SharedRuns - 1) / SharedRuns
        : Math.Clamp(RunFloats / (int)(SourceTile + ResultTile) / TileRows * TileRows, MinRunTiles, MaxRunTiles);

    // With one run, patches and products go to memory and back; with several, filters are read for each.
    private int SharedRuns
    {
        get
        {
            long floats = _tiles.Count * (long)(SourceTile + (_layout.Panels * ResultTile));
            long runs = ((floats - 1) / SharedRunFloats) + 1;
            return (runs - 1) * _layout.Floats < 2 * floats ? (int)runs : 1;
        }
    }

    /// <summary>Tiles whose patches and products are kept at a time, in whole register tiles.</summary>
    private int KeptTiles => (RunTiles + TileRows - 1) / TileRows * TileRows;

    /// <summary>Floats from one product of a patch to the next.</summary>
    private nint SourcePlane => WinogradTiles<TTransform>.RowFloats(_source.Channels);

    // Tiles that lie a multiple of 4 KiB apart would share one set of the cache.
    private nint SourceTile => (TTransform.Products * SourcePlane) + PanelWidth;

    private static nint ResultTile => (TTransform.Products * PanelWidth) + PanelWidth;

    private nint ResultPanel => KeptTiles * ResultTile;

    /// <summary>Blocks in which results of a run are finished, where all workers share it.</summary>
    private int RunBlocks => (RunTiles + TransformTiles - 1) / TransformTiles;

    private long KeptFloats => (KeptTiles * SourceTile) + ((IsShared ? _layout.Panels : 1) * ResultPanel);

    /// <summary>Scratch floats for so many workers.</summary>
    public static long ScratchFloats(View source, View result, WinogradWindow window, int workers)
    {
        WinogradConvolution<TTransform> job =
            new(source, result, CreateTiles(result, window), null, Epilogue.None, false, null);
        return job.KeptFloats * (job.IsShared ? 1 : workers);
    }

    /// <summary>Number of blocks in which results are finished.</summary>
    public static int CountBlocks(View source, View result, WinogradWindow window)
    {
        WinogradConvolution<TTransform> job =
            new(source, result, CreateTiles(result, window), null, Epilogue.None, false, null);
        (int runs, int rest) = Math.DivRem(job._tiles.Count, job.RunTiles);
        return job.IsShared
            ? (runs * job.RunBlocks) + ((rest + TransformTiles - 1) / TransformTiles)
            : runs + (rest > 0 ? 1 : 0);
    }

    /// <summary>Computes a convolution.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="source">Image to read.</param>
    /// <param name="result">Image to write to, or to add to if <paramref name="adds"/>.</param>
    /// <param name="window">How the filter lies over the source.</param>
    /// <param name="weights">Transformed filters, <see cref="WinogradWeights{TTransform}"/>.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether the sums are added to what the result holds.</param>
    /// <param name="scratch">Memory of <see cref="ScratchFloats"/>.</param>
    public static void Execute(
        Workers workers,
        View source,
        View result,
        WinogradWindow window,
        float* weights,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        WinogradTiles<TTransform> tiles = CreateTiles(result, window);
        WinogradConvolution<TTransform> all = new(source, result, tiles, weights, epilogue, adds, scratch);
        int runTiles = all.RunTiles;
        if (all.IsShared)
        {
            for (int first = 0; first < tiles.Count; first += runTiles)
            {
                int count = Math.Min(runTiles, tiles.Count - first);
                int blocks = (count + TransformTiles - 1) / TransformTiles;
                workers.Execute(blocks, new SourceStep(all, first, count));
                workers.Execute(TTransform.Products * PanelGroups, new ProductStep(all, count));
                workers.Execute(blocks, new ResultStep(all, first, count));
            }
        }
        else
        {
            workers.Execute((tiles.Count + runTiles - 1) / runTiles, new AllSteps(all));
        }
    }

    private static WinogradTiles<TTransform> CreateTiles(View result, WinogradWindow window) =>
        new(result.Shape.N, result.Shape.H, result.Shape.W, window);

    private void TransformSource(int first, int count, float* v) =>
        _tiles.TransformSource(_source, first, count, v, SourceTile, SourcePlane);

    private void TransformResult(float* m, int first, int count, int panel, int panels, int block) =>
        _tiles.TransformResult(
        m,
        ResultTile,
        ResultPanel,
        first,
        count,
        _result,
        panel,
        panels,
        _epilogue.ForBlock(block, _layout.Panels),
        _adds);

    /// <summary>
    /// m[tile][16] = v[tile][channel] · u[channel][16] for one product and panel and a chunk of source channels, or
    /// adds to it.
    /// </summary>
    private void MultiplyChunk(float* v, int count, float* u, float* m, int start)
    {
        int channels = Math.Min(ChunkChannels, _source.Channels - start);
        WinogradProduct.Execute(
            v + start, SourceTile, u + ((nint)start * PanelWidth), channels, m, ResultTile, count, adds: start > 0);
    }

    /// <summary>All three steps for a run of tiles.</summary>
    private readonly struct AllSteps(WinogradConvolution<TTransform> all) : IJob
    {
        public void Execute(int block, int worker)
        {
            int tiles = all.RunTiles;
            float* v = all._scratch + (worker * all.KeptFloats);
            float* m = v + (tiles * all.SourceTile);
            int first = block * tiles;
            int count = Math.Min(tiles, all._tiles.Count - first);
            all.TransformSource(first, count, v);
            for (int panel = 0; panel < all._layout.Panels; panel++)
            {
                float* u = all._weights + (panel * all._layout.PanelFloats);
                for (int k = 0; k < TTransform.Products; k++)
                {
                    for (int start = 0; start < all._source.Channels; start += ChunkChannels)
                    {
                        all.MultiplyChunk(
                            v + (k * all.SourcePlane), count, u + (
                                k * all._layout.PlaneFloats), m + (k * PanelWidth), start);
                    }
                }

                all.TransformResult(m, first, count, panel, panels: 1, block);
            }
        }
    }

    /// <summary>Transforms the patches of a few tiles.</summary>
    private readonly struct SourceStep(WinogradConvolution<TTransform> all, int first, int count) : IJob
    {
        public void Execute(int block, int worker)
        {
            int start = block * TransformTiles;
            int tiles = Math.Min(TransformTiles, count - start);
            all.TransformSource(first + start, tiles, all._scratch + (start * all.SourceTile));
        }
    }

    /// <summary>Multiplies all tiles with a group of panels of one product's filters.</summary>
    private readonly struct ProductStep(WinogradConvolution<TTransform> all, int count) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int k, int group) = Math.DivRem(block, PanelGroups);
            int first = group * all._layout.Panels / PanelGroups;
            int end = (group + 1) * all._layout.Panels / PanelGroups;
            float* v = all._scratch + (k * all.SourcePlane);
            float* m = all._scratch + (all.KeptTiles * all.SourceTile) + (k * PanelWidth);
            float* u = all._weights + (k * all._layout.PlaneFloats);
            for (int start = 0; start < all._source.Channels; start += ChunkChannels)
            {
                for (int panel = first; panel < end; panel++)
                {
                    all.MultiplyChunk(
                        v, count, u + (panel * all._layout.PanelFloats), m + (panel * all.ResultPanel), start);
                }
            }
        }
    }

    /// <summary>Transforms the products of a few tiles into their results.</summary>
    private readonly struct ResultStep(WinogradConvolution<TTransform> all, int first, int count) : IJob
    {
        public void Execute(int block, int worker)
        {
            int start = block * TransformTiles;
            int tiles = Math.Min(TransformTiles, count - start);
            float* m = all._scratch + (all.KeptTiles * all.SourceTile) + (start * ResultTile);
            all.TransformResult(
                m, first + start, tiles, panel: 0, all._layout.Panels, (first / all.RunTiles * all.RunBlocks) + block);
        }
    }
}
