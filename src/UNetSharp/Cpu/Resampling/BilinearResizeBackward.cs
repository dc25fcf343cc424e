using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Backward of <see cref="BilinearResizeForward"/>: each source pixel gathers the gradients of the result pixels that
/// read it, so no two threads write to one place. A block is one row of the source.
/// </summary>
internal readonly unsafe struct BilinearResizeBackward(
    View dy,
    View dx,
    BilinearAxis.Point* rows,
    BilinearAxis.Point* columns,
    BilinearAxis.Reach* rowReaches,
    BilinearAxis.Reach* columnReaches,
    bool adds) : IJob
{
    /// <summary>Writes dx, or adds to it.</summary>
    public static void Execute(Workers workers, View dy, View dx, BilinearAxis rows, BilinearAxis columns, bool adds)
    {
        var job = new BilinearResizeBackward(
            dy, dx, rows.Points, columns.Points, rows.Reaches, columns.Reaches, adds);
        workers.Execute(dx.Shape.N * dx.Shape.H, job);
    }

    /// <summary>Gathers for one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int h) = Math.DivRem(block, dx.Shape.H);
        for (int w = 0; w < dx.Shape.W; w++)
        {
            float* to = dx.At(n, h, w);
            if (!adds)
            {
                new Span<float>(to, dx.Channels).Clear();
            }

            for (int i = rowReaches[h].First; i < rowReaches[h].End; i++)
            {
                float down = rows[i].GetWeight(h);
                for (int j = columnReaches[w].First; j < columnReaches[w].End; j++)
                {
                    AddScaled(down * columns[j].GetWeight(w), dy.At(n, i, j), to, dx.Channels);
                }
            }
        }
    }

    private static void AddScaled(float weight, float* from, float* to, int channels)
    {
        if (weight == 0)
        {
            return;
        }

        int c = 0;
        for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count)
        {
            Vector256.MultiplyAddEstimate(Vector256.Load(from + c), Vector256.Create(weight), Vector256.Load(to + c))
                .Store(to + c);
        }

        for (; c < channels; c++)
        {
            to[c] += weight * from[c];
        }
    }
}
