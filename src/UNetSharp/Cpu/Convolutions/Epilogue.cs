using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu.Normalization;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// What a convolution does to a finished sum while it is still in the cache: add a bias, then the leaky rectifier
/// y = max(x, 0) + slope · min(x, 0). A slope of 1 leaves values as they are, 0 is ReLU. The bias may be null and is
/// padded to whole panels. Where <see cref="FilterPass.FusesTail"/>, another image is added then, and the
/// maxima of 2×2 pixels each and the statistics of each channel are further results.
/// </summary>
internal readonly unsafe struct Epilogue(float* bias, float slope)
{
    private const int Lanes = 8;
    private const int PanelWidth = PackedWeights.PanelWidth;

    /// <summary>Leaves sums as they are.</summary>
    public static Epilogue None => new(null, 1);

    /// <summary>The image to add; one without memory where there is none.</summary>
    public View Added { get; init; }

    /// <summary>Where the maxima go; without memory where they are not asked for.</summary>
    public View Pooled { get; init; }

    /// <summary>
    /// Where the statistics of the results go, a record of <see cref="TileStatistics"/> for each block of tiles and
    /// panel; null where they are not asked for.
    /// </summary>
    public float* Statistics { get; init; }

    /// <summary>Slope of the rectifier where sums are negative.</summary>
    public float Slope => slope;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsIdentity => bias == null && slope == 1;

    /// <summary>Finishes 16 channels of one pixel, of which <paramref name="column"/> is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(float* y, int column)
    {
        Vector256<float> low = Vector256.Load(y);
        Vector256<float> high = Vector256.Load(y + 8);
        if (bias != null)
        {
            low += Vector256.Load(bias + column);
            high += Vector256.Load(bias + column + 8);
        }

        LeakyRelu(low, slope).Store(y);
        LeakyRelu(high, slope).Store(y + 8);
    }

    /// <summary>The bias of eight channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Bias(int column) => bias == null ? Vector256<float>.Zero : Vector256.Load(bias + column);

    /// <summary>The leaky rectifier on eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LeakyRelu(Vector256<float> x, float slope) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), x, x * slope);

    /// <summary>The epilogue of a block of tiles, whose statistics are its own.</summary>
    public Epilogue ForBlock(int block, int panels) => Statistics == null
        ? this
        : this with { Statistics = Statistics + ((nint)block * panels * TileStatistics.Floats) };

    /// <summary>Begins the statistics of a block's channels, of whole panels.</summary>
    public void StartBlock(int channel, int endChannel)
    {
        for (; Statistics != null && channel < endChannel; channel += PanelWidth)
        {
            TileStatistics.Start(GetRecord(channel));
        }
    }

    /// <summary>
    /// Adds the other image to 16 channels of a tile of y, takes the maxima and the statistics, where that is asked
    /// for.
    /// </summary>
    public void FinishTile(View y, int n, int top, int left, int rows, int columns, int channel)
    {
        if (Added.Start != null)
        {
            AddTile(y, Added, n, top, left, rows, columns, channel);
        }

        if (Pooled.Start != null)
        {
            PoolTile(y, Pooled, n, top, left, rows, columns, channel);
        }

        if (Statistics != null)
        {
            TileStatistics.Add(GetRecord(channel), y, n, top, left, rows, columns, channel);
        }
    }

    private float* GetRecord(int channel) => Statistics + (channel / PanelWidth * TileStatistics.Floats);

    private static void AddTile(View y, View added, int n, int top, int left, int rows, int columns, int channel)
    {
        for (int i = 0; i < rows; i++)
        {
            float* to = y.At(n, top + i, left) + channel;
            float* from = added.At(n, top + i, left) + channel;
            Prefetch.Lines(from + (columns * added.Stride), added.Stride, columns, PanelWidth);
            for (int j = 0; j < columns; j++, to += y.Stride, from += added.Stride)
            {
                (Vector256.Load(to) + Vector256.Load(from)).Store(to);
                (Vector256.Load(to + Lanes) + Vector256.Load(from + Lanes)).Store(to + Lanes);
            }
        }
    }

    private static void PoolTile(View y, View pooled, int n, int top, int left, int rows, int columns, int channel)
    {
        nint rowStep = (nint)y.Stride * y.Shape.W;
        for (int i = 0; i < rows; i += 2)
        {
            float* from = y.At(n, top + i, left) + channel;
            float* to = pooled.At(n, (top + i) / 2, left / 2) + channel;
            for (int j = 0; j < columns; j += 2, from += 2 * y.Stride, to += pooled.Stride)
            {
                Maximum(from, rowStep, y.Stride).Store(to);
                Maximum(from + Lanes, rowStep, y.Stride).Store(to + Lanes);
            }
        }
    }

    private static Vector256<float> Maximum(float* from, nint rowStep, nint pixelStep) => Vector256.Max(
        Vector256.Max(Vector256.Load(from), Vector256.Load(from + pixelStep)),
        Vector256.Max(Vector256.Load(from + rowStep), Vector256.Load(from + rowStep + pixelStep)));
}
