using System.Runtime.CompilerServices;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Direct convolution over one <see cref="Lattice"/>:
/// <code>y[i, o] = activation(b[o] + Σₜ Σ꜀ x[i + offsetₜ, c] · w[t, c, o])</code>
/// Six result pixels times sixteen channels stay in twelve vector registers while taps and source channels stream by
/// (a 6×16 register tile), reached through a <see cref="GatherTable"/>.
/// </summary>
/// <remarks>A block is a block of the table times a group of channel panels.</remarks>
internal readonly unsafe struct GatherConvolution : IJob
{
    private const int TilePixels = 6;
    private const int PanelWidth = PackedWeights.PanelWidth;

    // Enough blocks to keep threads evenly busy on the small deep maps.
    private const int TargetBlocks = 48;

    private readonly GatherTable _table;
    private readonly PackedWeights _layout;
    private readonly float* _weights;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;
    private readonly int _groups;

    private GatherConvolution(
        View source, View result, Lattice lattice, float* weights, Epilogue epilogue, bool adds, float* scratch)
    {
        _table = new GatherTable(source, result, lattice);
        _layout = new PackedWeights(lattice.TapCount, source.Channels, result.Channels);
        _weights = weights;
        _epilogue = epilogue;
        _adds = adds;
        _scratch = scratch;
        _groups = Math.Min(_layout.Panels, (TargetBlocks + _table.Blocks - 1) / _table.Blocks);
    }

    /// <summary>Scratch floats that one worker needs.</summary>
    public static long ScratchFloats(int taps, int sourceChannels) =>
        GatherTable.Floats(taps, sourceChannels) + (TilePixels * PanelWidth);

    /// <summary>Computes the pixels of one lattice.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="source">Image to gather from.</param>
    /// <param name="result">Image to write to, or to add to if <paramref name="adds"/>.</param>
    /// <param name="lattice">Which pixels gather from where.</param>
    /// <param name="weights">Weights in the order of <see cref="PackedWeights"/>.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether the sums are added to what the result holds.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> for each worker.</param>
    public static void Execute(
        Workers workers,
        View source,
        View result,
        Lattice lattice,
        float* weights,
        Epilogue epilogue,
        bool adds,
        float* scratch)
    {
        GatherConvolution job = new(source, result, lattice, weights, epilogue, adds, scratch);
        workers.Execute(job._table.Blocks * job._groups, job);
    }

    /// <summary>Computes one block.</summary>
    public void Execute(int block, int worker)
    {
        float* scratch = _scratch + (worker * ScratchFloats(_layout.Taps, _layout.SourceChannels));
        float* edge = scratch + GatherTable.Floats(_layout.Taps, _layout.SourceChannels);
        GatherTable.Addresses addresses = _table.Fill(block / _groups, TilePixels, scratch);
        int group = block % _groups;
        int firstPanel = group * _layout.Panels / _groups;
        int endPanel = (group + 1) * _layout.Panels / _groups;
        for (int start = 0; start < _layout.SourceChannels; start += _layout.ChunkChannels)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                AddChunk(panel, start, addresses, edge);
            }
        }
    }

    private void AddChunk(int panel, int start, GatherTable.Addresses addresses, float* edge)
    {
        int channels = Math.Min(_layout.ChunkChannels, _layout.SourceChannels - start);
        bool isLast = start + channels == _layout.SourceChannels;
        bool adds = _adds || start > 0;
        int column = panel * PanelWidth;
        int width = Math.Min(PanelWidth, _layout.ResultChannels - column);
        float* weights = _weights + (panel * _layout.PanelFloats) + ((long)start * _layout.Taps * PanelWidth);
        for (int m = 0; m < addresses.Pixels; m += TilePixels)
        {
            float** from = addresses.Inputs + m, to = addresses.Outputs + m;
            int rows = Math.Min(TilePixels, addresses.Pixels - m);
            bool isWhole = rows == TilePixels && width == PanelWidth;
            if (isWhole)
            {
                Tile(from, _layout.Taps, channels, start, weights, to, column, adds);
                if (isLast)
                {
                    Finish(to, column);
                }
            }
            else
            {
                EdgeTile(from, channels, start, weights, to, column, rows, width, adds, isLast, edge);
            }
        }
    }

    private void Finish(float** outputs, int column)
    {
        if (_epilogue.IsIdentity)
        {
            return;
        }

        for (int m = 0; m < TilePixels; m++)
        {
            _epilogue.Apply(outputs[m] + column, column);
        }
    }

    /// <summary>
    /// A tile of fewer pixels or channels: computed whole in scratch memory, of which a part is kept.
    /// </summary>
    private void EdgeTile(
        float** inputs,
        int channels,
        int start,
        float* weights,
        float** outputs,
        int column,
        int rows,
        int width,
        bool adds,
        bool isLast,
        float* edge)
    {
        float** own = stackalloc float*[TilePixels];
        for (int m = 0; m < TilePixels; m++)
        {
            own[m] = edge + (m * PanelWidth);
            if (adds && m < rows)
            {
                Buffer.MemoryCopy(outputs[m] + column, own[m], sizeof(float) * width, sizeof(float) * width);
            }
        }

        Tile(inputs, _layout.Taps, channels, start, weights, own, 0, adds);
        for (int m = 0; m < rows; m++)
        {
            if (isLast)
            {
                _epilogue.Apply(own[m], column);
            }

            Buffer.MemoryCopy(own[m], outputs[m] + column, sizeof(float) * width, sizeof(float) * width);
        }
    }

    /// <summary>The register tile: 6 pixels × 16 channels, over all taps and a chunk of source channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile(
        float** inputs, int taps, int channels, int start, float* weights, float** outputs, int column, bool adds)
    {
        float* to0 = outputs[0] + column, to1 = outputs[1] + column, to2 = outputs[2] + column;
        float* to3 = outputs[3] + column, to4 = outputs[4] + column, to5 = outputs[5] + column;
        RegisterTile sums = default;
        if (adds)
        {
            sums.Load(to0, to1, to2, to3, to4, to5);
        }

        for (int t = 0; t < taps; t++, inputs += GatherTable.BlockPixels, weights += channels * PanelWidth)
        {
            float* x0 = inputs[0] + start, x1 = inputs[1] + start, x2 = inputs[2] + start;
            float* x3 = inputs[3] + start, x4 = inputs[4] + start, x5 = inputs[5] + start;
            sums.AddProduct(x0, x1, x2, x3, x4, x5, weights, channels);
        }

        sums.Store(to0, to1, to2, to3, to4, to5);
    }
}
