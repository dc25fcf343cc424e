using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Gradient of a convolution by its weights, a sum over the pixels of all images:
/// <code>dw[d, g, t] = Σᵢ gathered[step · i + offsetₜ, g] · dense[i, d]</code>
/// For a convolution the gathered image is the input and the dense one the gradient of the result; for a transposed
/// convolution they change places. Blocks of pixels are copied into the order in which the register tile (6 gathered ×
/// 16 dense channels) reads them, with zeros for what lies outside of the image, so the loops know no borders.
/// </summary>
/// <remarks>
/// Pixels are split into a number of shares that depends on shapes alone. Each share has sums of its own, added up in
/// order by <see cref="Reduce"/>, so the result does not depend on the number of threads.
/// </remarks>
internal readonly unsafe struct WeightGradient : IJob
{
    private const int TileGathered = OuterProducts.Channels;
    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int TileFloats = TileGathered * PanelWidth;

    // A patch of dense pixels: one panel of it is 16 KiB, which stays in L1 beside the gathered tile.
    private const int PatchPixels = 256;
    private const int PatchColumns = 32;

    // Gathered channels packed at a time: with the border of a 3x3 kernel 64 KiB, which stay in L2.
    private const int ChunkGathered = 48;

    // Blocks to cut the work into, and the dense panels that justify packing the gathered image again.
    private const int TargetBlocks = 24;
    private const int GroupPanels = 4;

    private readonly View _gathered;
    private readonly View _dense;
    private readonly Lattice.Line _rows;
    private readonly Lattice.Line _columns;
    private readonly Tap* _taps;
    private readonly int _tapCount;
    private readonly int _firstRow;
    private readonly int _firstColumn;
    private readonly int _borderRows;
    private readonly int _borderColumns;
    private readonly int _shares;
    private readonly int _groups;
    private readonly float* _sums;
    private readonly float* _scratch;

    private WeightGradient(View gathered, View dense, Lattice lattice, float* scratch)
    {
        _gathered = gathered;
        _dense = dense;
        _rows = lattice.Rows;
        _columns = lattice.Columns;
        _taps = lattice.Taps;
        _tapCount = lattice.TapCount;
        Tap first = _taps[0];
        Tap last = _taps[_tapCount - 1];
        (_firstRow, _firstColumn) = (first.Row, first.Column);
        (_borderRows, _borderColumns) = (last.Row - first.Row, last.Column - first.Column);
        _groups = Math.Max(1, Panels / GroupPanels);
        _shares = Math.Clamp(TargetBlocks / _groups, 1, Patches);
        _sums = scratch;
        _scratch = scratch + (_shares * SumFloats);
    }

    private int Panels => (_dense.Channels + PanelWidth - 1) / PanelWidth;

    private int Tiles => (_gathered.Channels + TileGathered - 1) / TileGathered;

    private long SumFloats => (long)Panels * Tiles * _tapCount * TileFloats;

    private int PatchWidth => Math.Min(PatchColumns, _columns.Count);

    private int PatchHeight => Math.Min(_rows.Count, PatchPixels / PatchWidth);

    private int PatchesDown => (_rows.Count + PatchHeight - 1) / PatchHeight;

    private int PatchesAcross => (_columns.Count + PatchWidth - 1) / PatchWidth;

    private int Patches => _dense.Shape.N * PatchesDown * PatchesAcross;

    private int RegionHeight => ((PatchHeight - 1) * _rows.SourceStep) + 1 + _borderRows;

    private int RegionWidth => ((PatchWidth - 1) * _columns.SourceStep) + 1 + _borderColumns;

    private long WorkerFloats => ((long)Panels * PanelWidth * PatchPixels) + GatheredFloats;

    private long GatheredFloats =>
        ((ChunkGathered * (long)RegionHeight * RegionWidth) + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Floats of scratch memory for all workers and shares.</summary>
    public static long ScratchFloats(View gathered, View dense, Lattice lattice, int workers)
    {
        var job = new WeightGradient(gathered, dense, lattice, null);
        return (job._shares * job.SumFloats) + (workers * job.WorkerFloats);
    }

    /// <summary>Writes the gradient in PyTorch's order, [dense][gathered][tap].</summary>
    public static void Execute(
        Workers workers, View gathered, View dense, Lattice lattice, float* gradient, float* scratch)
    {
        var job = new WeightGradient(gathered, dense, lattice, scratch);
        workers.Execute(job._shares * job._groups, job);
        workers.Execute(job.Panels * job.Tiles, new Reduce(job, gradient));
    }

    /// <summary>Sums one share of the pixels for one group of panels.</summary>
    public void Execute(int block, int worker)
    {
        (int share, int group) = Math.DivRem(block, _groups);
        int firstPanel = group * Panels / _groups;
        int endPanel = (group + 1) * Panels / _groups;
        long panelFloats = (long)Tiles * _tapCount * TileFloats;
        float* sums = _sums + (share * SumFloats);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            Clear(sums + (panel * panelFloats), panelFloats);
        }

        float* packedGathered = _scratch + (worker * WorkerFloats);
        float* packedDense = packedGathered + GatheredFloats;
        int endPatch = (int)((share + 1L) * Patches / _shares);
        for (int p = (int)((long)share * Patches / _shares); p < endPatch; p++)
        {
            Patch patch = PatchAt(p);
            PackDense(patch, firstPanel, endPanel, packedDense);
            for (int firstTile = 0; firstTile < Tiles; firstTile += ChunkGathered / TileGathered)
            {
                int endTile = Math.Min(Tiles, firstTile + (ChunkGathered / TileGathered));
                PackGathered(patch, firstTile, endTile, packedGathered);
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    float* from = packedDense + ((panel - firstPanel) * PatchPixels * PanelWidth);
                    float* to = sums + (panel * panelFloats) + ((long)firstTile * _tapCount * TileFloats);
                    AddPatch(patch, endTile - firstTile, packedGathered, from, to);
                }
            }
        }
    }

    private Patch PatchAt(int index)
    {
        (int line, int across) = Math.DivRem(index, PatchesAcross);
        (int n, int down) = Math.DivRem(line, PatchesDown);
        int row = down * PatchHeight;
        int column = across * PatchWidth;
        return new Patch(
            n, row, column, Math.Min(PatchHeight, _rows.Count - row), Math.Min(PatchWidth, _columns.Count - column));
    }

    /// <summary>Copies dense pixels to [panel][pixel][16], with zeros for missing channels.</summary>
    private void PackDense(Patch patch, int firstPanel, int endPanel, float* to)
    {
        for (int panel = firstPanel; panel < endPanel; panel++, to += PatchPixels * PanelWidth)
        {
            int channel = panel * PanelWidth;
            int width = Math.Min(PanelWidth, _dense.Channels - channel);
            float* pixel = to;
            for (int row = 0; row < patch.Rows; row++)
            {
                float* from = _dense.At(patch.N, patch.Row + row, patch.Column) + channel;
                for (int column = 0; column < patch.Columns; column++, from += _dense.Stride, pixel += PanelWidth)
                {
                    if (width == PanelWidth)
                    {
                        Vector256.Load(from).Store(pixel);
                        Vector256.Load(from + 8).Store(pixel + 8);
                    }
                    else
                    {
                        CopyPart(from, pixel, width, PanelWidth);
                    }
                }
            }
        }
    }

    /// <summary>Copies gathered pixels to [tile][row][column][6], with zeros outside of image and channels.</summary>
    private void PackGathered(Patch patch, int firstTile, int endTile, float* to)
    {
        int top = (patch.Row * _rows.SourceStep) + _firstRow;
        int left = (patch.Column * _columns.SourceStep) + _firstColumn;
        int height = ((patch.Rows - 1) * _rows.SourceStep) + 1 + _borderRows;
        int width = ((patch.Columns - 1) * _columns.SourceStep) + 1 + _borderColumns;
        int begin = Math.Clamp(-left, 0, width);
        int end = Math.Clamp(_gathered.Shape.W - left, begin, width);
        for (int tile = firstTile; tile < endTile; tile++)
        {
            int channel = tile * TileGathered;
            int channels = Math.Min(TileGathered, _gathered.Channels - channel);
            for (int row = 0; row < height; row++, to += RegionWidth * TileGathered)
            {
                int y = top + row;
                if ((uint)y >= (uint)_gathered.Shape.H)
                {
                    Clear(to, width * TileGathered);
                    continue;
                }

                Clear(to, begin * TileGathered);
                float* from = _gathered.At(patch.N, y, left + begin) + channel;
                PackGatheredRow(from, to + (begin * TileGathered), end - begin, channels);
                Clear(to + (end * TileGathered), (width - end) * TileGathered);
            }

            to += (RegionHeight - height) * RegionWidth * TileGathered;
        }
    }

    private void PackGatheredRow(float* from, float* to, int pixels, int channels)
    {
        int stride = _gathered.Stride;
        for (int column = 0; column < pixels; column++, from += stride, to += TileGathered)
        {
            if (channels == TileGathered)
            {
                Vector128.Load(from).Store(to);
                Vector64.Load(from + 4).Store(to + 4);
            }
            else
            {
                CopyPart(from, to, channels, TileGathered);
            }
        }
    }

    private void AddPatch(Patch patch, int tiles, float* gathered, float* dense, float* sums)
    {
        int step = _columns.SourceStep * TileGathered;
        int rowStep = _rows.SourceStep * RegionWidth * TileGathered;
        for (int tile = 0; tile < tiles; tile++, gathered += RegionHeight * RegionWidth * TileGathered)
        {
            for (int t = 0; t < _tapCount; t++, sums += TileFloats)
            {
                int offset = ((_taps[t].Row - _firstRow) * RegionWidth) + _taps[t].Column - _firstColumn;
                float* from = gathered + (offset * TileGathered);
                OuterProducts.Sum(from, rowStep, step, dense, patch.Rows, patch.Columns, sums, adds: true);
            }
        }
    }

    private static void Clear(float* to, long count) => new Span<float>(to, (int)count).Clear();

    private static void CopyPart(float* from, float* to, int count, int width)
    {
        for (int c = 0; c < width; c++)
        {
            to[c] = c < count ? from[c] : 0;
        }
    }

    private readonly record struct Patch(int N, int Row, int Column, int Rows, int Columns);

    /// <summary>Adds the shares in order and writes one panel and tile of the gradient.</summary>
    private readonly struct Reduce(WeightGradient sums, float* gradient) : IJob
    {
        public void Execute(int block, int worker)
        {
            (int panel, int tile) = Math.DivRem(block, sums.Tiles);
            int taps = sums._tapCount;
            float* from = sums._sums + ((long)block * taps * TileFloats);
            float* total = stackalloc float[TileFloats];
            int gatheredChannels = sums._gathered.Channels;
            int dense = Math.Min(PanelWidth, sums._dense.Channels - (panel * PanelWidth));
            int gathered = Math.Min(TileGathered, gatheredChannels - (tile * TileGathered));
            float* corner = gradient
                + ((((long)panel * PanelWidth * gatheredChannels) + (tile * TileGathered)) * taps);
            for (int t = 0; t < taps; t++, from += TileFloats)
            {
                AddShares(from, total);
                for (int d = 0; d < dense; d++)
                {
                    float* to = corner + ((long)d * gatheredChannels * taps) + t;
                    for (int g = 0; g < gathered; g++)
                    {
                        to[g * taps] = total[(g * PanelWidth) + d];
                    }
                }
            }
        }

        private void AddShares(float* from, float* total)
        {
            long share = sums.SumFloats;
            for (int i = 0; i < TileFloats; i += Vector256<float>.Count)
            {
                Vector256<float> sum = Vector256.Load(from + i);
                for (int s = 1; s < sums._shares; s++)
                {
                    sum += Vector256.Load(from + (s * share) + i);
                }

                sum.Store(total + i);
            }
        }
    }
}
