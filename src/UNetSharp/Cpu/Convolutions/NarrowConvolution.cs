using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Direct convolution over one <see cref="Lattice"/> for results of few channels, as the last layers of networks have
/// them: vectors run along the source channels, and the sums of eight pixels stay in eight registers until they are
/// added up across. Where a register tile of sixteen result channels would mostly compute zeros, this waits for memory
/// alone.
/// </summary>
/// <remarks>Weights: packed[result channel][tap][source channel]. A block is a block of the table.</remarks>
internal readonly unsafe struct NarrowConvolution : IJob
{
    private const int MaxChannels = 4;
    private const int MinSourceChannels = 16;
    private const int Lanes = 8;
    private const int TilePixels = 8;

    private readonly GatherTable _table;
    private readonly int _sourceChannels;
    private readonly int _channels;
    private readonly float* _weights;
    private readonly Epilogue _epilogue;
    private readonly bool _adds;
    private readonly float* _scratch;

    private NarrowConvolution(
        View source, View result, Lattice lattice, float* weights, Epilogue epilogue, bool adds, float* scratch)
    {
        _table = new GatherTable(source, result, lattice);
        (_sourceChannels, _channels) = (source.Channels, result.Channels);
        _weights = weights;
        _epilogue = epilogue;
        _adds = adds;
        _scratch = scratch;
    }

    /// <summary>Whether the result has few channels, and the source many that fill whole vectors.</summary>
    public static bool IsApplicable(int sourceChannels, int resultChannels) =>
        resultChannels <= MaxChannels && sourceChannels >= MinSourceChannels && sourceChannels % Lanes == 0;

    /// <summary>Packs weights, where the first tap of a source and a result channel lies as the order says.</summary>
    public static void Pack(Lattice lattice, FilterPass.Order order, FilterPass.Filters filters, float* packed)
    {
        for (int o = 0; o < order.ResultChannels; o++)
        {
            float factor = filters.Scale == null ? 1 : filters.Scale[o];
            for (int t = 0; t < lattice.TapCount; t++)
            {
                float* from = filters.Weights + ((long)o * order.ResultStride) + lattice.Taps[t].Index;
                for (int c = 0; c < order.SourceChannels; c++)
                {
                    *packed++ = from[(long)c * order.SourceStride] * factor;
                }
            }
        }
    }

    /// <summary>Computes the pixels of one lattice; parameters and scratch are those of
    /// <see cref="GatherConvolution.Execute(Workers, View, View, Lattice, float*, Epilogue, bool, float*)"/>.</summary>
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
        NarrowConvolution job = new(source, result, lattice, weights, epilogue, adds, scratch);
        workers.Execute(job._table.Blocks, job);
    }

    /// <summary>Computes one block.</summary>
    public void Execute(int block, int worker)
    {
        float* scratch = _scratch + (worker * GatherConvolution.ScratchFloats(_table.Taps, _sourceChannels));
        GatherTable.Addresses addresses = _table.Fill(block, TilePixels, scratch);
        for (int m = 0; m < addresses.Pixels; m += TilePixels)
        {
            int pixels = Math.Min(TilePixels, addresses.Pixels - m);
            for (int o = 0; o < _channels; o++)
            {
                float* weights = _weights + ((long)o * _table.Taps * _sourceChannels);
                Vector256<float> sums = Tile(addresses.Inputs + m, _table.Taps, _sourceChannels, weights);
                Finish(sums, addresses.Outputs + m, pixels, o);
            }
        }
    }

    private void Finish(Vector256<float> sums, float** outputs, int pixels, int channel)
    {
        float* finished = stackalloc float[TilePixels];
        if (_adds)
        {
            for (int m = 0; m < TilePixels; m++)
            {
                finished[m] = m < pixels ? outputs[m][channel] : 0;
            }

            sums += Vector256.Load(finished);
        }

        sums += Vector256.Create(_epilogue.Bias(channel).ToScalar());
        Epilogue.LeakyRelu(sums, _epilogue.Slope).Store(finished);
        for (int m = 0; m < pixels; m++)
        {
            outputs[m][channel] = finished[m];
        }
    }

    /// <summary>Eight pixels of one result channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Tile(float** inputs, int taps, nint channels, float* weights)
    {
        Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
        Vector256<float> y4 = default, y5 = default, y6 = default, y7 = default;
        for (int t = 0; t < taps; t++, inputs += GatherTable.BlockPixels)
        {
            float* x0 = inputs[0], x1 = inputs[1], x2 = inputs[2], x3 = inputs[3];
            float* x4 = inputs[4], x5 = inputs[5], x6 = inputs[6], x7 = inputs[7];
            for (nint c = 0; c < channels; c += Lanes, weights += Lanes)
            {
                Vector256<float> w = Vector256.Load(weights);
                y0 = Vector256.MultiplyAddEstimate(Vector256.Load(x0 + c), w, y0);
                y1 = Vector256.MultiplyAddEstimate(Vector256.Load(x1 + c), w, y1);
                y2 = Vector256.MultiplyAddEstimate(Vector256.Load(x2 + c), w, y2);
                y3 = Vector256.MultiplyAddEstimate(Vector256.Load(x3 + c), w, y3);
                y4 = Vector256.MultiplyAddEstimate(Vector256.Load(x4 + c), w, y4);
                y5 = Vector256.MultiplyAddEstimate(Vector256.Load(x5 + c), w, y5);
                y6 = Vector256.MultiplyAddEstimate(Vector256.Load(x6 + c), w, y6);
                y7 = Vector256.MultiplyAddEstimate(Vector256.Load(x7 + c), w, y7);
            }
        }

        return Vector256.Create(
            Vector256.Sum(y0),
            Vector256.Sum(y1),
            Vector256.Sum(y2),
            Vector256.Sum(y3),
            Vector256.Sum(y4),
            Vector256.Sum(y5),
            Vector256.Sum(y6),
            Vector256.Sum(y7));
    }
}
