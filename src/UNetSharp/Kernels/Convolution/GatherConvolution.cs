using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Convolution;

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
    private const int WantedBlocks = 48;

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
        _groups = Math.Min(_layout.Panels, (WantedBlocks + _table.Blocks - 1) / _table.Blocks);
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
    public static void Run(
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
        workers.Run(job._table.Blocks * job._groups, job);
    }

    /// <summary>Computes one block.</summary>
    public void Run(int block, int worker)
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

    /// <summary>A tile of fewer pixels or channels: computed whole in scratch memory, of which a part is kept.</summary>
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(
        float** inputs, int taps, int channels, int start, float* weights, float** outputs, int column, bool adds)
    {
        Vector256<float> y00 = default, y01 = default, y10 = default, y11 = default, y20 = default, y21 = default;
        Vector256<float> y30 = default, y31 = default, y40 = default, y41 = default, y50 = default, y51 = default;
        if (adds)
        {
            y00 = Vector256.Load(outputs[0] + column);
            y01 = Vector256.Load(outputs[0] + column + 8);
            y10 = Vector256.Load(outputs[1] + column);
            y11 = Vector256.Load(outputs[1] + column + 8);
            y20 = Vector256.Load(outputs[2] + column);
            y21 = Vector256.Load(outputs[2] + column + 8);
            y30 = Vector256.Load(outputs[3] + column);
            y31 = Vector256.Load(outputs[3] + column + 8);
            y40 = Vector256.Load(outputs[4] + column);
            y41 = Vector256.Load(outputs[4] + column + 8);
            y50 = Vector256.Load(outputs[5] + column);
            y51 = Vector256.Load(outputs[5] + column + 8);
        }

        for (int t = 0; t < taps; t++, inputs += GatherTable.BlockPixels)
        {
            float* x0 = inputs[0] + start;
            float* x1 = inputs[1] + start;
            float* x2 = inputs[2] + start;
            float* x3 = inputs[3] + start;
            float* x4 = inputs[4] + start;
            float* x5 = inputs[5] + start;
            for (nint c = 0; c < channels; c++, weights += PanelWidth)
            {
                Vector256<float> w0 = Vector256.Load(weights);
                Vector256<float> w1 = Vector256.Load(weights + 8);
                Vector256<float> x = Vector256.Create(x0[c]);
                y00 = Vector256.MultiplyAddEstimate(x, w0, y00);
                y01 = Vector256.MultiplyAddEstimate(x, w1, y01);
                x = Vector256.Create(x1[c]);
                y10 = Vector256.MultiplyAddEstimate(x, w0, y10);
                y11 = Vector256.MultiplyAddEstimate(x, w1, y11);
                x = Vector256.Create(x2[c]);
                y20 = Vector256.MultiplyAddEstimate(x, w0, y20);
                y21 = Vector256.MultiplyAddEstimate(x, w1, y21);
                x = Vector256.Create(x3[c]);
                y30 = Vector256.MultiplyAddEstimate(x, w0, y30);
                y31 = Vector256.MultiplyAddEstimate(x, w1, y31);
                x = Vector256.Create(x4[c]);
                y40 = Vector256.MultiplyAddEstimate(x, w0, y40);
                y41 = Vector256.MultiplyAddEstimate(x, w1, y41);
                x = Vector256.Create(x5[c]);
                y50 = Vector256.MultiplyAddEstimate(x, w0, y50);
                y51 = Vector256.MultiplyAddEstimate(x, w1, y51);
            }
        }

        y00.Store(outputs[0] + column);
        y01.Store(outputs[0] + column + 8);
        y10.Store(outputs[1] + column);
        y11.Store(outputs[1] + column + 8);
        y20.Store(outputs[2] + column);
        y21.Store(outputs[2] + column + 8);
        y30.Store(outputs[3] + column);
        y31.Store(outputs[3] + column + 8);
        y40.Store(outputs[4] + column);
        y41.Store(outputs[4] + column + 8);
        y50.Store(outputs[5] + column);
        y51.Store(outputs[5] + column + 8);
    }
}
