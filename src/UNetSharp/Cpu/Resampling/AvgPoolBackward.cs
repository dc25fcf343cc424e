using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Backward of <see cref="AvgPoolForward"/>: a pixel gathers from every window that it is in, dx[p] = Σ dy[i] /
/// count[i]. A block is one row of dx.
/// </summary>
internal readonly unsafe struct AvgPoolBackward(
    View dy, View dx, Axis rows, Axis columns, bool countsPadding, bool adds) : IJob
{
    /// <summary>Writes dx, or adds to it.</summary>
    public static void Execute(
        Workers workers, View dy, View dx, Axis rows, Axis columns, bool countsPadding, bool adds) =>
        workers.Execute(
            dx.Shape.N * dx.Shape.H, new AvgPoolBackward(dy, dx, rows, columns, countsPadding, adds));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int row) = Math.DivRem(block, dx.Shape.H);
        (int top, int bottom) = Windows(rows, row, dy.Shape.H);
        for (int column = 0; column < dx.Shape.W; column++)
        {
            Span<float> to = new(dx.At(n, row, column), dx.Channels);
            if (!adds)
            {
                to.Clear();
            }

            (int left, int right) = Windows(columns, column, dy.Shape.W);
            for (int i = top; i < bottom; i++)
            {
                for (int j = left; j < right; j++)
                {
                    float share =
                        AvgPoolForward.ComputeWeight(rows, columns, i, j, dx.Shape.H, dx.Shape.W, countsPadding);
                    float* from = dy.At(n, i, j);
                    for (int c = 0; c < to.Length; c++)
                    {
                        to[c] += from[c] * share;
                    }
                }
            }
        }
    }

    /// <summary>The windows that a pixel is in.</summary>
    private static (int First, int End) Windows(Axis axis, int pixel, int count)
    {
        int place = pixel + axis.Padding;
        int first = place < axis.Kernel ? 0 : ((place - axis.Kernel) / axis.Stride) + 1;
        return (first, Math.Min(count, (place / axis.Stride) + 1));
    }
}
