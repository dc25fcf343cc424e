using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3), see <see cref="WinogradTransform"/>: source patches are
/// transformed, multiplied with the transformed filters, which over all tiles and channels are 36 matrix products, and
/// transformed back. It makes a quarter of direct convolution's multiplications.
/// </summary>
/// <remarks>
/// Large images are cut into runs of tiles that pass through all three steps while they are in the cache. On the small maps
/// with many channels deep in a network the filters are what is large: there each step is done for all tiles at once, and
/// every filter is read a single time.
/// </remarks>
internal readonly unsafe struct WinogradConvolution
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileRows = 6;

    // Source channels whose filters (16 KiB of a panel) stay in L1 while all tiles pass by.
    private const int ChunkChannels = 256;

    // A multiple of the register tile's rows. With fewer tiles the filters are read too often, with more L3 is left.
    private const int RunTiles = 72;

    // Up to so many tiles are taken at once.
    private const int MostTilesAtOnce = 300;

    // Tiles of a block where transforms are steps of their own.
    private const int TransformTiles = 8;

    // Blocks of each product's panels where products are a step of their own.
    private const int PanelGroups = 4;

    private readonly View _source;
    private readonly View _result;
    private readonly WinogradTiles _tiles;
    private readonly WinogradWeights _layout;
    private readonly float* _weights;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;

    private WinogradConvolution(
        View source, View result, WinogradTiles tiles, float* weights, Epilogue epilogue, bool adds, float* scratch)
    {
        _source = source;
        _result = result;
        _tiles = tiles;
        _layout = new WinogradWeights(source.Channels, result.Channels);
        _weights = weights;
        _epilogue = epilogue;
        _adds = adds;
        _scratch = scratch;
    }

    private bool IsAtOnce => _tiles.Count <= MostTilesAtOnce;

    /// <summary>Tiles whose patches and products are kept at a time.</summary>
    private int KeptTiles => IsAtOnce ? (_tiles.Count + TileRows - 1) / TileRows * TileRows : RunTiles;

    // Planes that lie a multiple of 4 KiB apart would share one set of the cache.
    private nint SourcePlane => ((nint)KeptTiles * WinogradTiles.RowFloats(_source.Channels)) + PanelWidth;

    private nint PanelFloats => (nint)KeptTiles * PanelWidth;

    private nint ResultPlane => ((IsAtOnce ? _layout.Panels : 1) * PanelFloats) + PanelWidth;

    private long KeptFloats => WinogradTransform.Products * (SourcePlane + ResultPlane);

    /// <summary>Scratch floats for so many workers.</summary>
    public static long ScratchFloats(View source, View result, WinogradWindow window, int workers)
    {
        WinogradConvolution job = new(source, result, TilesOf(result, window), null, Epilogue.None, false, null);
        return job.KeptFloats * (job.IsAtOnce ? 1 : workers);
    }

    /// <summary>Computes a convolution.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="source">Image to read.</param>
    /// <param name="result">Image to write to, or to add to if <paramref name="adds"/>.</param>
    /// <param name="window">How the filter lies over the source.</param>
    /// <param name="weights">Transformed filters, <see cref="WinogradWeights"/>.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether the sums are added to what the result holds.</param>
    /// <param name="scratch">Memory of <see cref="ScratchFloats"/>.</param>
    public static void Run(
        Workers workers,
        View source,
        View result,
        WinogradWindow window,
        float* weights,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        WinogradTiles tiles = TilesOf(result, window);
        WinogradConvolution all = new(source, result, tiles, weights, epilogue, adds, scratch);
        if (all.IsAtOnce)
        {
            int blocks = (tiles.Count + TransformTiles - 1) / TransformTiles;
            workers.Run(blocks, new SourceStep(all));
            workers.Run(WinogradTransform.Products * PanelGroups, new ProductStep(all));
            workers.Run(blocks, new ResultStep(all));
        }
        else
        {
            workers.Run((tiles.Count + RunTiles - 1) / RunTiles, new AllSteps(all));
        }
    }

    private static WinogradTiles TilesOf(View result, WinogradWindow window) =>
        new(result.Shape.N, result.Shape.H, result.Shape.W, window);

    private void TransformResult(float* m, int first, int count, int panel, int panels) => _tiles.TransformResult(
        m, ResultPlane, PanelFloats, first, count, _result, panel, panels, _epilogue, _adds);

    /// <summary>m[tile][16] = v[tile][channel] · u[channel][16] for one panel; computes whole register tiles.</summary>
    private void Multiply(float* v, int count, float* u, float* m)
    {
        for (int start = 0; start < _source.Channels; start += ChunkChannels)
        {
            MultiplyChunk(v, count, u, m, start);
        }
    }

    /// <summary>Adds the products of a chunk of source channels, or starts with them.</summary>
    private void MultiplyChunk(float* v, int count, float* u, float* m, int start)
    {
        int row = WinogradTiles.RowFloats(_source.Channels);
        int channels = Math.Min(ChunkChannels, _source.Channels - start);
        Product(v + start, row, u + ((nint)start * PanelWidth), channels, m, count, adds: start > 0);
    }

    /// <summary>All three steps for a run of tiles.</summary>
    private readonly struct AllSteps(WinogradConvolution all) : IJob
    {
        public void Run(int block, int worker)
        {
            float* v = all._scratch + (worker * all.KeptFloats);
            float* m = v + (WinogradTransform.Products * all.SourcePlane);
            int first = block * RunTiles;
            int count = Math.Min(RunTiles, all._tiles.Count - first);
            all._tiles.TransformSource(all._source, first, count, v, all.SourcePlane);
            for (int panel = 0; panel < all._layout.Panels; panel++)
            {
                float* u = all._weights + (panel * all._layout.PanelFloats);
                for (int k = 0; k < WinogradTransform.Products; k++)
                {
                    all.Multiply(
                        v + (k * all.SourcePlane), count, u + (k * all._layout.PlaneFloats), m + (k * all.ResultPlane));
                }

                all.TransformResult(m, first, count, panel, panels: 1);
            }
        }
    }

    /// <summary>Transforms the patches of a few tiles.</summary>
    private readonly struct SourceStep(WinogradConvolution all) : IJob
    {
        public void Run(int block, int worker)
        {
            int first = block * TransformTiles;
            int count = Math.Min(TransformTiles, all._tiles.Count - first);
            float* v = all._scratch + (first * WinogradTiles.RowFloats(all._source.Channels));
            all._tiles.TransformSource(all._source, first, count, v, all.SourcePlane);
        }
    }

    /// <summary>Multiplies all tiles with a group of panels of one product's filters.</summary>
    private readonly struct ProductStep(WinogradConvolution all) : IJob
    {
        public void Run(int block, int worker)
        {
            (int k, int group) = Math.DivRem(block, PanelGroups);
            int first = group * all._layout.Panels / PanelGroups;
            int end = (group + 1) * all._layout.Panels / PanelGroups;
            float* v = all._scratch + (k * all.SourcePlane);
            float* m = all._scratch + (WinogradTransform.Products * all.SourcePlane) + (k * all.ResultPlane);
            float* u = all._weights + (k * all._layout.PlaneFloats);
            for (int start = 0; start < all._source.Channels; start += ChunkChannels)
            {
                for (int panel = first; panel < end; panel++)
                {
                    all.MultiplyChunk(
                        v, all._tiles.Count, u + (panel * all._layout.PanelFloats), m + (panel * all.PanelFloats), start);
                }
            }
        }
    }

    /// <summary>Transforms the products of a few tiles into their results.</summary>
    private readonly struct ResultStep(WinogradConvolution all) : IJob
    {
        public void Run(int block, int worker)
        {
            int first = block * TransformTiles;
            int count = Math.Min(TransformTiles, all._tiles.Count - first);
            float* m = all._scratch + (WinogradTransform.Products * all.SourcePlane) + (first * PanelWidth);
            all.TransformResult(m, first, count, panel: 0, all._layout.Panels);
        }
    }

    /// <summary>The register tile, 6 tiles × 16 channels over a chunk of source channels, for a run of tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product(float* v, nint row, float* u, nint channels, float* m, int count, bool adds)
    {
        for (int tile = 0; tile < count; tile += TileRows, v += TileRows * row, m += TileRows * PanelWidth)
        {
            Vector256<float> m00 = default, m01 = default, m10 = default, m11 = default, m20 = default, m21 = default;
            Vector256<float> m30 = default, m31 = default, m40 = default, m41 = default, m50 = default, m51 = default;
            if (adds)
            {
                (m00, m01) = (Vector256.Load(m), Vector256.Load(m + 8));
                (m10, m11) = (Vector256.Load(m + 16), Vector256.Load(m + 24));
                (m20, m21) = (Vector256.Load(m + 32), Vector256.Load(m + 40));
                (m30, m31) = (Vector256.Load(m + 48), Vector256.Load(m + 56));
                (m40, m41) = (Vector256.Load(m + 64), Vector256.Load(m + 72));
                (m50, m51) = (Vector256.Load(m + 80), Vector256.Load(m + 88));
            }

            float* v1 = v + row;
            float* v2 = v1 + row;
            float* v3 = v2 + row;
            float* v4 = v3 + row;
            float* v5 = v4 + row;
            float* w = u;
            for (nint c = 0; c < channels; c++, w += PanelWidth)
            {
                Vector256<float> u0 = Vector256.Load(w);
                Vector256<float> u1 = Vector256.Load(w + 8);
                Vector256<float> x = Vector256.Create(v[c]);
                m00 = Vector256.MultiplyAddEstimate(x, u0, m00);
                m01 = Vector256.MultiplyAddEstimate(x, u1, m01);
                x = Vector256.Create(v1[c]);
                m10 = Vector256.MultiplyAddEstimate(x, u0, m10);
                m11 = Vector256.MultiplyAddEstimate(x, u1, m11);
                x = Vector256.Create(v2[c]);
                m20 = Vector256.MultiplyAddEstimate(x, u0, m20);
                m21 = Vector256.MultiplyAddEstimate(x, u1, m21);
                x = Vector256.Create(v3[c]);
                m30 = Vector256.MultiplyAddEstimate(x, u0, m30);
                m31 = Vector256.MultiplyAddEstimate(x, u1, m31);
                x = Vector256.Create(v4[c]);
                m40 = Vector256.MultiplyAddEstimate(x, u0, m40);
                m41 = Vector256.MultiplyAddEstimate(x, u1, m41);
                x = Vector256.Create(v5[c]);
                m50 = Vector256.MultiplyAddEstimate(x, u0, m50);
                m51 = Vector256.MultiplyAddEstimate(x, u1, m51);
            }

            m00.Store(m);
            m01.Store(m + 8);
            m10.Store(m + 16);
            m11.Store(m + 24);
            m20.Store(m + 32);
            m21.Store(m + 40);
            m30.Store(m + 48);
            m31.Store(m + 56);
            m40.Store(m + 64);
            m41.Store(m + 72);
            m50.Store(m + 80);
            m51.Store(m + 88);
        }
    }
}
