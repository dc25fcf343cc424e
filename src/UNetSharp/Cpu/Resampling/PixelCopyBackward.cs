using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// Backward of <see cref="PixelCopyForward"/>: each source pixel sums the gradients of the result pixels that copy it,
/// so no two threads write to one place. A block is a row of the source.
/// </summary>
internal readonly unsafe struct PixelCopyBackward(
    View dy, View dx, int* rowStarts, int* rowReaders, int* columnStarts, int* columnReaders, bool adds) : IJob
{
    /// <summary>Writes dx, or adds to it.</summary>
    public static void Execute(Workers workers, View dy, View dx, SourceAxis rows, SourceAxis columns, bool adds)
    {
        var job = new PixelCopyBackward(
            dy, dx, rows.Starts, rows.Readers, columns.Starts, columns.Readers, adds);
        workers.Execute(dx.Shape.N * dx.Shape.H, job);
    }

    /// <summary>Sums for one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int h) = Math.DivRem(block, dx.Shape.H);
        for (int w = 0; w < dx.Shape.W; w++)
        {
            var to = new Span<float>(dx.At(n, h, w), dx.Channels);
            if (!adds)
            {
                to.Clear();
            }

            for (int i = rowStarts[h]; i < rowStarts[h + 1]; i++)
            {
                for (int j = columnStarts[w]; j < columnStarts[w + 1]; j++)
                {
                    float* from = dy.At(n, rowReaders[i], columnReaders[j]);
                    for (int c = 0; c < to.Length; c++)
                    {
                        to[c] += from[c];
                    }
                }
            }
        }
    }
}
