using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>y[h, w] = x[rows[h], columns[w]]. A block is a row of y.</summary>
internal readonly unsafe struct PixelCopyForward(View x, View y, int* rows, int* columns) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, SourceAxis rows, SourceAxis columns) =>
        workers.Execute(y.Shape.N * y.Shape.H, new PixelCopyForward(x, y, rows.Sources, columns.Sources));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int h) = Math.DivRem(block, y.Shape.H);
        for (int w = 0; w < y.Shape.W; w++)
        {
            new ReadOnlySpan<float>(x.At(n, rows[h], columns[w]), x.Channels).CopyTo(
                new Span<float>(y.At(n, h, w), y.Channels));
        }
    }
}
