using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// Gradient of a 3×3 convolution of stride 1 by its filters, by the transforms of <see cref="IWinogradTransform"/>. With
/// the transformed patches v of the source and gradients m = A dy Aᵀ of the result it is a sum over all tiles,
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
    private const int TileChannels = 6;

    // Source channels whose patches of a run stay in L2 while the panels of a group pass by.
    private const int GroupChannels = 48;

    // Panels of a block.
    private const int GroupPanels = 4;

    // Tiles of a block of the transforms.
    private const int TransformTiles = 8;

    // Transforms of a run, in floats: 16 MiB, which stay in L3. Where the sums alone are larger, all tiles are one run.
    private const long RunFloats = 4 << 20;
    private const int LeastRunTiles = 48;

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
        _runTiles = _layout.Floats > RunFloats
            ? tiles.Count
            : (int)Math.Clamp(RunFloats / tileFloats, Math.Min(LeastRunTiles, tiles.Count), tiles.Count);
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
        WinogradWeightGradient<TTransform> job = new(x, dy, TilesOf(dy, window), null);
        return (TTransform.Products * (job.SourcePlane + job.ResultPlane)) + job._layout.Floats;
    }

    /// <summary>Writes the gradient in PyTorch's order, [result channel][source channel][tap].</summary>
    public static void Run(
        Workers workers, View x, View dy, WinogradWindow window, float* gradient, float* scratch)
    {
        WinogradTiles<TTransform> tiles = TilesOf(dy, window);
        WinogradWeightGradient<TTransform> sums = new(x, dy, tiles, scratch);
        for (int first = 0; first < tiles.Count; first += sums._runTiles)
        {
            int count = Math.Min(sums._runTiles, tiles.Count - first);
            workers.Run((count + TransformTiles - 1) / TransformTiles, new Transform(sums, first, count));
            workers.Run(TTransform.Products * sums.PanelGroups, new Sum(sums, count, adds: first > 0));
        }

        workers.Run(sums._layout.Panels, new Finish(sums, gradient));
    }

    private static WinogradTiles<TTransform> TilesOf(View dy, WinogradWindow window) =>
        new(dy.Shape.N, dy.Shape.H, dy.Shape.W, window);

    /// <summary>The register tile: sums[6][16] += Σ over tiles of v[6] ⊗ m[16].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* v, nint row, float* m, int count, float* sums, bool adds)
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        if (adds)
        {
            (s00, s01) = (Vector256.Load(sums), Vector256.Load(sums + 8));
            (s10, s11) = (Vector256.Load(sums + 16), Vector256.Load(sums + 24));
            (s20, s21) = (Vector256.Load(sums + 32), Vector256.Load(sums + 40));
            (s30, s31) = (Vector256.Load(sums + 48), Vector256.Load(sums + 56));
            (s40, s41) = (Vector256.Load(sums + 64), Vector256.Load(sums + 72));
            (s50, s51) = (Vector256.Load(sums + 80), Vector256.Load(sums + 88));
        }

        for (int t = 0; t < count; t++, v += row, m += PanelWidth)
        {
            Vector256<float> m0 = Vector256.Load(m);
            Vector256<float> m1 = Vector256.Load(m + 8);
            Vector256<float> x = Vector256.Create(v[0]);
            s00 = Vector256.MultiplyAddEstimate(x, m0, s00);
            s01 = Vector256.MultiplyAddEstimate(x, m1, s01);
            x = Vector256.Create(v[1]);
            s10 = Vector256.MultiplyAddEstimate(x, m0, s10);
            s11 = Vector256.MultiplyAddEstimate(x, m1, s11);
            x = Vector256.Create(v[2]);
            s20 = Vector256.MultiplyAddEstimate(x, m0, s20);
            s21 = Vector256.MultiplyAddEstimate(x, m1, s21);
            x = Vector256.Create(v[3]);
            s30 = Vector256.MultiplyAddEstimate(x, m0, s30);
            s31 = Vector256.MultiplyAddEstimate(x, m1, s31);
            x = Vector256.Create(v[4]);
            s40 = Vector256.MultiplyAddEstimate(x, m0, s40);
            s41 = Vector256.MultiplyAddEstimate(x, m1, s41);
            x = Vector256.Create(v[5]);
            s50 = Vector256.MultiplyAddEstimate(x, m0, s50);
            s51 = Vector256.MultiplyAddEstimate(x, m1, s51);
        }

        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(sums + 16);
        s11.Store(sums + 24);
        s20.Store(sums + 32);
        s21.Store(sums + 40);
        s30.Store(sums + 48);
        s31.Store(sums + 56);
        s40.Store(sums + 64);
        s41.Store(sums + 72);
        s50.Store(sums + 80);
        s51.Store(sums + 88);
    }

    /// <summary>Transforms a few tiles of both images.</summary>
    private readonly struct Transform(WinogradWeightGradient<TTransform> all, int first, int count) : IJob
    {
        public void Run(int block, int worker)
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
        public void Run(int block, int worker)
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
                Tile(v, row, m, count, sums, adds);
                return;
            }

            // What lies behind the last channel is read, but its sums are not kept.
            float* whole = stackalloc float[TileChannels * PanelWidth];
            Tile(v, row, m, count, whole, adds: false);
            for (int i = 0; i < channelsLeft * PanelWidth; i++)
            {
                sums[i] = (adds ? sums[i] : 0) + whole[i];
            }
        }
    }

    /// <summary>dw = Gᵀ du G for one panel of filters.</summary>
    private readonly struct Finish(WinogradWeightGradient<TTransform> all, float* gradient) : IJob
    {
        private const int Taps = 9;
        private const int Lanes = 8;

        [SkipLocalsInit]
        public void Run(int block, int worker)
        {
            float* taps = stackalloc float[Taps * PanelWidth];
            int channels = all._x.Channels;
            int width = Math.Min(PanelWidth, all._dy.Channels - (block * PanelWidth));
            float* from = all._sums + (block * all._layout.PanelFloats);
            float* to = gradient + ((nint)block * PanelWidth * channels * Taps);
            for (int c = 0; c < channels; c++, from += PanelWidth, to += Taps)
            {
                Filters(from, all._layout.PlaneFloats, taps);
                Filters(from + Lanes, all._layout.PlaneFloats, taps + Lanes);
                for (int o = 0; o < width; o++)
                {
                    for (int t = 0; t < Taps; t++)
                    {
                        to[((nint)o * channels * Taps) + t] = taps[(t * PanelWidth) + o];
                    }
                }
            }
        }

        [SkipLocalsInit]
        private static void Filters(float* u, nint plane, float* taps)
        {
            int line = TTransform.Patch * Lanes;
            float* lines = stackalloc float[3 * line];
            for (int j = 0; j < TTransform.Patch; j++)
            {
                TTransform.FilterGradient(u + (j * plane), TTransform.Patch * plane, lines + (j * Lanes), line);
            }

            for (int i = 0; i < 3; i++)
            {
                TTransform.FilterGradient(lines + (i * line), Lanes, taps + (i * 3 * PanelWidth), PanelWidth);
            }
        }
    }
}
