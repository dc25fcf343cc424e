using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Bilinear resizing: y[i, j] is the mean of four source pixels, weighted by <see cref="BilinearAxis"/> along each
/// axis. A block is one row of the result.
/// </summary>
internal readonly unsafe struct BilinearResizeForward(
    View x, View y, BilinearAxis.Point* rows, BilinearAxis.Point* columns)
    : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, BilinearAxis rows, BilinearAxis columns) =>
        workers.Execute(y.Shape.N * y.Shape.H, new BilinearResizeForward(x, y, rows.Points, columns.Points));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int i) = Math.DivRem(block, y.Shape.H);
        float* above = x.Row(n, rows[i].First);
        float* below = x.Row(n, rows[i].Second);
        float* to = y.Row(n, i);
        for (int j = 0; j < y.Shape.W; j++, to += y.Stride)
        {
            long left = (long)columns[j].First * x.Stride;
            long right = (long)columns[j].Second * x.Stride;
            Mix(
                above + left,
                above + right,
                below + left,
                below + right,
                rows[i].Weight,
                columns[j].Weight,
                to,
                y.Channels);
        }
    }

    private static void Mix(
        float* a, float* b, float* c, float* d, float down, float across, float* to, int channels)
    {
        float wa = (1 - down) * (1 - across), wb = (1 - down) * across, wc = down * (1 - across), wd = down * across;
        int i = 0;
        for (; i <= channels - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load(a + i) * wa;
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(b + i), Vector256.Create(wb), sum);
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(c + i), Vector256.Create(wc), sum);
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(d + i), Vector256.Create(wd), sum);
            sum.Store(to + i);
        }

        for (; i < channels; i++)
        {
            to[i] = (a[i] * wa) + (b[i] * wb) + (c[i] * wc) + (d[i] * wd);
        }
    }
}
