using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Winograd's convolution for small maps with many channels, where filters are what is large: they are read as they are
/// and transformed when a panel of 16 result channels is computed, some source channels at a time, within the cache.
/// Memory is read once for every weight, and not P²/9 times.
/// </summary>
/// <remarks>
/// Every panel reads all patches. Where they are more than what is left of L3 beside neighbours, the source channels
/// are taken in rounds, and the result holds the sums from one round to the next.
/// </remarks>
internal readonly unsafe struct WinogradPanels<TTransform>
    where TTransform : struct, IWinogradTransform
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileRows = WinogradProduct.TileRows;

    // Source channels whose transformed filters stay in L2.
    private const int ChunkChannels = 64;

    // Each is the work of one thread at a time.
    private const int MinPanels = 8;

    // What the patches of a round may take of L3, in floats: every panel reads them.
    private const long MaxSourceFloats = 1 << 20;

    // What the products of a panel may take of L2, in floats.
    private const long MaxResultFloats = 1 << 17;

    // Tiles of a block where patches are transformed.
    private const int TransformTiles = 8;

    private readonly View _source;
    private readonly View _result;
    private readonly WinogradTiles<TTransform> _tiles;
    private readonly WinogradTaps _taps;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;

    private WinogradPanels(
        View source,
        View result,
        WinogradTiles<TTransform> tiles,
        WinogradTaps taps,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        _source = source;
        _result = result;
        _tiles = tiles;
        _taps = taps;
        _epilogue = epilogue;
        _adds = adds;
        _scratch = scratch;
    }

    private static nint ResultTile => (TTransform.Products * PanelWidth) + PanelWidth;

    private static nint FilterPlane => (ChunkChannels * PanelWidth) + PanelWidth;

    private int Panels => CountPanels(_result.Channels);

    private int KeptTiles => (_tiles.Count + TileRows - 1) / TileRows * TileRows;

    private int Chunks => (_source.Channels + ChunkChannels - 1) / ChunkChannels;

    private int Rounds => (int)Math.Min(Chunks, ((Chunks * SourceChunk) + MaxSourceFloats - 1) / MaxSourceFloats);

    private int RoundChunks => (Chunks + Rounds - 1) / Rounds;

    // Patches lie as the products read them: v[chunk][k][tile][channel of the chunk].
    private nint SourcePlane => (KeptTiles * ChunkChannels) + PanelWidth;

    private nint SourceChunk => TTransform.Products * SourcePlane;

    private nint SourceFloats => RoundChunks * SourceChunk;

    /// <summary>Products of a panel, and the filters of a chunk.</summary>
    private nint WorkerFloats => (KeptTiles * ResultTile) + (TTransform.Products * FilterPlane);

    /// <summary>Whether images of these sizes are small enough, and have channels enough.</summary>
    public static bool IsApplicable(View source, View result, WinogradWindow window)
    {
        WinogradPanels<TTransform> job = CreateLayout(source, result, window);
        return job.KeptTiles * ResultTile <= MaxResultFloats && job.Panels >= MinPanels;
    }

    /// <summary>Scratch floats for so many workers.</summary>
    public static long ScratchFloats(View source, View result, WinogradWindow window, int workers)
    {
        WinogradPanels<TTransform> job = CreateLayout(source, result, window);
        return job.SourceFloats + (workers * job.WorkerFloats);
    }

    /// <summary>
    /// Computes a convolution; parameters are those of <see cref="WinogradConvolution{TTransform}.Execute"/>.
    /// </summary>
    public static void Execute(
        Workers workers,
        View source,
        View result,
        WinogradWindow window,
        WinogradTaps taps,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        WinogradTiles<TTransform> tiles = CreateTiles(result, window);
        WinogradPanels<TTransform> all = new(source, result, tiles, taps, epilogue, adds, scratch);
        int blocks = (tiles.Count + TransformTiles - 1) / TransformTiles;
        for (int first = 0; first < all.Chunks; first += all.RoundChunks)
        {
            int chunks = Math.Min(all.RoundChunks, all.Chunks - first);
            workers.Execute(chunks * blocks, new SourceStep(all, first, blocks));
            workers.Execute(all.Panels, new PanelStep(all, first, chunks));
        }
    }

    private static WinogradPanels<TTransform> CreateLayout(View source, View result, WinogradWindow window) =>
        new(source, result, CreateTiles(result, window), default, Epilogue.None, false, null);

    private static WinogradTiles<TTransform> CreateTiles(View result, WinogradWindow window) =>
        new(result.Shape.N, result.Shape.H, result.Shape.W, window);

    private static int CountPanels(int channels) => (channels + PanelWidth - 1) / PanelWidth;

    private int GetChannels(int chunk) => Math.Min(ChunkChannels, _source.Channels - (chunk * ChunkChannels));

    /// <summary>Transforms a chunk of channels of the patches of a few tiles.</summary>
    private readonly struct SourceStep(WinogradPanels<TTransform> all, int firstChunk, int blocks) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int chunk, int part) = Math.DivRem(block, blocks);
            int first = part * TransformTiles;
            int count = Math.Min(TransformTiles, all._tiles.Count - first);
            View source = new(
                all._source.Start + ((firstChunk + chunk) * ChunkChannels),
                all._source.Shape.WithChannels(all.GetChannels(firstChunk + chunk)),
                all._source.Stride);
            float* v = all._scratch + (chunk * all.SourceChunk) + (first * ChunkChannels);
            all._tiles.TransformSource(source, first, count, v, ChunkChannels, all.SourcePlane);
        }
    }

    /// <summary>Computes 16 channels of the result, of a round's source channels.</summary>
    private readonly struct PanelStep(WinogradPanels<TTransform> all, int firstChunk, int chunks) : IJob
    {
        public void Execute(int block, int worker)
        {
            float* m = all._scratch + all.SourceFloats + (worker * all.WorkerFloats);
            float* u = m + (all.KeptTiles * ResultTile);
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                float* v = all._scratch + (chunk * all.SourceChunk);
                int count = all.GetChannels(firstChunk + chunk);
                WinogradWeights<TTransform>.Transform(
                    all._taps, block, (firstChunk + chunk) * ChunkChannels, count, u, FilterPlane);
                for (int k = 0; k < TTransform.Products; k++)
                {
                    WinogradProduct.Execute(
                        v + (k * all.SourcePlane),
                        ChunkChannels,
                        u + (k * FilterPlane),
                        count,
                        m + (k * PanelWidth),
                        ResultTile,
                        all._tiles.Count,
                        adds: chunk > 0);
                }
            }

            bool isLast = firstChunk + chunks == all.Chunks;
            all._tiles.TransformResult(
                m,
                ResultTile,
                0,
                0,
                all._tiles.Count,
                all._result,
                block,
                panels: 1,
                isLast ? all._epilogue : Epilogue.None,
                all._adds || firstChunk > 0);
        }
    }
}
