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
/// A block is a run of tiles, whose transformed patches and products stay in the cache, times a group of channel panels.
/// </remarks>
internal readonly unsafe struct WinogradConvolution : IJob
{
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileRows = 6;

    // Source channels whose filters (16 KiB of a panel) stay in L1 while all tiles pass by.
    private const int ChunkChannels = 256;

    // Enough blocks to keep threads evenly busy on the small deep maps.
    private const int WantedBlocks = 16;

    private readonly View _source;
    private readonly View _result;
    private readonly WinogradTiles _tiles;
    private readonly WinogradWeights _layout;
    private readonly float* _weights;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;
    private readonly int _groups;

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
        _groups = Math.Clamp(WantedBlocks / TileBlocks, 1, _layout.Panels);
    }

    private int BlockTiles => BlockTilesFor(_source.Channels, _result.Channels);

    private int TileBlocks => (_tiles.Count + BlockTiles - 1) / BlockTiles;

    // Planes that lie a multiple of 4 KiB apart would share one set of the cache.
    private nint SourcePlane => ((nint)BlockTiles * WinogradTiles.RowFloats(_source.Channels)) + PanelWidth;

    private nint PanelFloats => (nint)BlockTiles * PanelWidth;

    private nint ResultPlane => (_layout.Panels * PanelFloats) + PanelWidth;

    /// <summary>Scratch floats that one worker needs.</summary>
    public static long ScratchFloats(int sourceChannels, int resultChannels)
    {
        View none = new(null, new Tensors.Shape(1, 1, 1, sourceChannels), sourceChannels);
        View result = new(null, new Tensors.Shape(1, 1, 1, resultChannels), resultChannels);
        WinogradConvolution job = new(none, result, new WinogradTiles(1, 1, 1, 0, 0), null, Epilogue.None, false, null);
        return job.WorkerFloats;
    }

    private long WorkerFloats => WinogradTransform.Products * (SourcePlane + ResultPlane);

    /// <summary>Computes a convolution.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="source">Image to read.</param>
    /// <param name="result">Image to write to, or to add to if <paramref name="adds"/>.</param>
    /// <param name="paddingRows">Zeros above and below the source.</param>
    /// <param name="paddingColumns">Zeros left and right of the source.</param>
    /// <param name="weights">Transformed filters, <see cref="WinogradWeights"/>.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether the sums are added to what the result holds.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> for each worker.</param>
    public static void Run(
        Workers workers,
        View source,
        View result,
        int paddingRows,
        int paddingColumns,
        float* weights,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        WinogradTiles tiles = new(result.Shape.N, result.Shape.H, result.Shape.W, paddingRows, paddingColumns);
        WinogradConvolution job = new(source, result, tiles, weights, epilogue, adds, scratch);
        workers.Run(job.TileBlocks * job._groups, job);
    }

    /// <summary>Computes one block.</summary>
    public void Run(int block, int worker)
    {
        float* v = _scratch + (worker * WorkerFloats);
        float* m = v + (WinogradTransform.Products * SourcePlane);
        (int tileBlock, int group) = Math.DivRem(block, _groups);
        int first = tileBlock * BlockTiles;
        int count = Math.Min(BlockTiles, _tiles.Count - first);
        int firstPanel = group * _layout.Panels / _groups;
        int endPanel = (group + 1) * _layout.Panels / _groups;
        _tiles.TransformSource(_source, first, count, v, SourcePlane);
        for (int k = 0; k < WinogradTransform.Products; k++)
        {
            float* u = _weights + (k * _layout.PlaneFloats);
            Multiply(v + (k * SourcePlane), count, u, firstPanel, endPanel, m + (k * ResultPlane));
        }

        _tiles.TransformResult(
            m + (firstPanel * PanelFloats),
            ResultPlane,
            PanelFloats,
            first,
            count,
            _result,
            firstPanel * PanelWidth,
            endPanel * PanelWidth,
            _epilogue,
            _adds);
    }

    private static int BlockTilesFor(int sourceChannels, int resultChannels) =>
        sourceChannels + resultChannels <= 192 ? 48 : 96;

    /// <summary>m[panel][tile][16] = v[tile][channel] · u[panel][channel][16] for some panels.</summary>
    private void Multiply(float* v, int count, float* u, int firstPanel, int endPanel, float* m)
    {
        int row = WinogradTiles.RowFloats(_source.Channels);
        for (int start = 0; start < _source.Channels; start += ChunkChannels)
        {
            int channels = Math.Min(ChunkChannels, _source.Channels - start);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* filters = u + (panel * _layout.PanelFloats) + ((nint)start * PanelWidth);
                float* to = m + (panel * PanelFloats);
                for (int tile = 0; tile < count; tile += TileRows)
                {
                    Tile(v + (tile * row) + start, row, filters, channels, to + (tile * PanelWidth), start > 0);
                }
            }
        }
    }

    /// <summary>The register tile: 6 tiles × 16 channels, over a chunk of source channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* v, nint row, float* u, nint channels, float* m, bool adds)
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
        for (nint c = 0; c < channels; c++, u += PanelWidth)
        {
            Vector256<float> u0 = Vector256.Load(u);
            Vector256<float> u1 = Vector256.Load(u + 8);
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
