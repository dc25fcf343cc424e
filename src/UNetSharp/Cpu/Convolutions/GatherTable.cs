using UNetSharp.Execution;
namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Where a block of a lattice's result pixels lie, and for every tap the source pixels that they gather. Pixels outside
/// of the image are zeros somewhere else, so that padding costs no branch and no im2col matrix exists (the indirect
/// convolution of Dukhan 2019, https://arxiv.org/abs/1907.02129).
/// </summary>
internal readonly unsafe struct GatherTable(View source, View result, Lattice lattice)
{
    /// <summary>Pixels of a block: a multiple of every kernel's tile; a chunk of the source pixels of so many stays in
    /// L2.
    /// </summary>
    public const int BlockPixels = 96;

    private readonly View _source = source;
    private readonly View _result = result;
    private readonly Tap* _taps = lattice.Taps;
    private readonly Lattice.Line _rows = lattice.Rows;
    private readonly Lattice.Line _columns = lattice.Columns;

    /// <summary>Number of taps.</summary>
    public int Taps { get; } = lattice.TapCount;

    /// <summary>Number of blocks.</summary>
    public int Blocks => (PixelCount + BlockPixels - 1) / BlockPixels;

    private int PixelCount => _result.Shape.N * _rows.Count * _columns.Count;

    /// <summary>Floats of memory for <see cref="Fill"/>.</summary>
    public static long Floats(int taps, int sourceChannels) =>
        ((taps + 1L) * BlockPixels * sizeof(float*) / sizeof(float)) + CountZeros(sourceChannels);

    /// <summary>Writes the addresses of a block; those that fill up the last tile read zeros.</summary>
    /// <param name="block">Which block.</param>
    /// <param name="tilePixels">Pixels that a kernel computes at a time.</param>
    /// <param name="memory"><see cref="Floats"/> floats.</param>
    public Addresses Fill(int block, int tilePixels, float* memory)
    {
        float** inputs = (float**)memory;
        float** outputs = inputs + (Taps * BlockPixels);
        float* zeros = (float*)(outputs + BlockPixels);
        new Span<float>(zeros, _source.Channels).Clear();
        int first = block * BlockPixels;
        int pixels = Math.Min(BlockPixels, PixelCount - first);
        for (int m = 0; m < pixels;)
        {
            (int line, int j) = Math.DivRem(first + m, _columns.Count);
            (int n, int i) = Math.DivRem(line, _rows.Count);
            int run = Math.Min(pixels - m, _columns.Count - j);
            float* to = _result.At(n, _rows.Start + (i * _rows.Step), _columns.Start + (j * _columns.Step));
            for (int k = 0; k < run; k++)
            {
                outputs[m + k] = to + ((long)k * _columns.Step * _result.Stride);
            }

            for (int t = 0; t < Taps; t++)
            {
                FillRun(inputs + (t * BlockPixels) + m, run, _taps[t], n, i, j, zeros);
            }

            m += run;
        }

        int padded = (pixels + tilePixels - 1) / tilePixels * tilePixels;
        for (int t = 0; t < Taps; t++)
        {
            new Span<nint>(inputs + (t * BlockPixels) + pixels, padded - pixels).Fill((nint)zeros);
        }

        return new Addresses(inputs, outputs, pixels);
    }

    private static long CountZeros(int sourceChannels) =>
        (sourceChannels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;

    private void FillRun(float** addresses, int run, Tap tap, int n, int i, int j, float* zeros)
    {
        int row = (i * _rows.SourceStep) + tap.Row;
        int column = (j * _columns.SourceStep) + tap.Column;
        bool isInside = (uint)row < (uint)_source.Shape.H;
        float* from = _source.Row(n, isInside ? row : 0);
        uint width = isInside ? (uint)_source.Shape.W : 0;
        int step = _columns.SourceStep;
        int stride = _source.Stride;
        for (int k = 0; k < run; k++, column += step)
        {
            addresses[k] = (uint)column < width ? from + ((long)column * stride) : zeros;
        }
    }

    /// <summary>The addresses of a block.</summary>
    /// <param name="inputs">Source pixels: inputs[tap · <see cref="BlockPixels"/> + pixel].</param>
    /// <param name="outputs">Result pixels.</param>
    /// <param name="pixels">Number of result pixels.</param>
    internal readonly ref struct Addresses(float** inputs, float** outputs, int pixels)
    {
        public float** Inputs => inputs;

        public float** Outputs => outputs;

        public int Pixels => pixels;
    }
}
