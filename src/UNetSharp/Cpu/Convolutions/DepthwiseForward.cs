using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Convolution of every channel with a filter of its own,
/// <code>y[i, c] = b[c] + Σₜ x[i · stride − padding + t · dilation, c] · w[t, c]</code>
/// A block is a row of the result.
/// </summary>
internal readonly unsafe struct DepthwiseForward(
    View x, View y, Axis rows, Axis columns, float* weights, float* bias) : IJob
{
    /// <summary>Computes y.</summary>
    /// <param name="workers">Threads.</param>
    /// <param name="x">Image.</param>
    /// <param name="y">Result.</param>
    /// <param name="rows">How the window moves down the rows.</param>
    /// <param name="columns">How the window moves across the columns.</param>
    /// <param name="weights">(kernel height, kernel width, channels).</param>
    /// <param name="bias">One for each channel.</param>
    public static void Execute(Workers workers, View x, View y, Axis rows, Axis columns, float* weights, float* bias) =>
        workers.Execute(y.Shape.N * y.Shape.H, new DepthwiseForward(x, y, rows, columns, weights, bias));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int i) = Math.DivRem(block, y.Shape.H);
        for (int j = 0; j < y.Shape.W; j++)
        {
            float* to = y.At(n, i, j);
            new ReadOnlySpan<float>(bias, y.Channels).CopyTo(new Span<float>(to, y.Channels));
            for (int p = 0; p < rows.Kernel; p++)
            {
                int row = (i * rows.Stride) - rows.Padding + (p * rows.Dilation);
                for (int q = 0; q < columns.Kernel; q++)
                {
                    int column = (j * columns.Stride) - columns.Padding + (q * columns.Dilation);
                    if ((uint)row < (uint)x.Shape.H && (uint)column < (uint)x.Shape.W)
                    {
                        float* tap = weights + (((p * columns.Kernel) + q) * y.Channels);
                        AddProducts(x.At(n, row, column), tap, to, y.Channels);
                    }
                }
            }
        }
    }

    /// <summary>y[c] += a[c] · b[c].</summary>
    internal static void AddProducts(float* a, float* b, float* y, int channels)
    {
        int c = 0;
        for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count)
        {
            (Vector256.Load(y + c) + (Vector256.Load(a + c) * Vector256.Load(b + c))).Store(y + c);
        }

        for (; c < channels; c++)
        {
            y[c] += a[c] * b[c];
        }
    }
}
