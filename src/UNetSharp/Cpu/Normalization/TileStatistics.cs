using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu.Convolutions;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// What a batch norm needs to know of 16 channels, summed tile by tile while a convolution's results are in the cache:
/// with the first pixel k of a block of tiles,
/// <code>[n …][k][Σ (x − k)][Σ (x − k)²]</code>
/// 16 floats each. Differences from a pixel of the same channel lose no digits where the mean is far from zero.
/// </summary>
internal static unsafe class TileStatistics
{
    /// <summary>Floats of a record.</summary>
    public const int Floats = 4 * PanelWidth;

    private const int PanelWidth = PackedWeights.PanelWidth;
    private const int Lanes = 8;
    private const int Center = PanelWidth;
    private const int Sum = 2 * PanelWidth;
    private const int Squares = 3 * PanelWidth;

    /// <summary>Starts a record.</summary>
    public static void Start(float* record) => *record = 0;

    /// <summary>Adds the pixels of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* record, View y, int n, int top, int left, int rows, int columns, int channel)
    {
        float* first = y.At(n, top, left) + channel;
        if (*record == 0)
        {
            new Span<float>(first, PanelWidth).CopyTo(new Span<float>(record + Center, PanelWidth));
            new Span<float>(record + Sum, 2 * PanelWidth).Clear();
        }

        *record += rows * columns;
        AddEight(record, first, y, rows, columns);
        AddEight(record + Lanes, first + Lanes, y, rows, columns);
    }

    /// <summary>Number, mean and squared distances from it of one channel.</summary>
    public static (long Count, double Mean, double Squares) Read(float* record, int channel)
    {
        double count = *record, sum = record[Sum + channel];
        return ((long)count, record[Center + channel] + (sum / count), record[Squares + channel] - (sum * sum / count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddEight(float* record, float* row, View y, int rows, int columns)
    {
        nint pixelStep = y.Stride, rowStep = pixelStep * y.Shape.W;
        Vector256<float> center = Vector256.Load(record + Center);
        Vector256<float> sum = Vector256.Load(record + Sum), squares = Vector256.Load(record + Squares);
        for (int i = 0; i < rows; i++, row += rowStep)
        {
            float* pixel = row;
            for (int j = 0; j < columns; j++, pixel += pixelStep)
            {
                Vector256<float> distance = Vector256.Load(pixel) - center;
                sum += distance;
                squares = Vector256.MultiplyAddEstimate(distance, distance, squares);
            }
        }

        sum.Store(record + Sum);
        squares.Store(record + Squares);
    }
}
