using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// y[i] = mean of x over the window of i, what lies outside of the image being zeros that count, or do not. Rows of a
/// window are summed up one by one, which keeps rounding small where the window is the whole image. A block is one row
/// of the result for a group of channels.
/// </summary>
internal readonly unsafe struct AvgPoolForward(View x, View y, Axis rows, Axis columns, bool countsPadding) : IJob
{
    private const int GroupChannels = 16;

    private int Groups => (y.Channels + GroupChannels - 1) / GroupChannels;

    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, Axis rows, Axis columns, bool countsPadding)
    {
        AvgPoolForward job = new(x, y, rows, columns, countsPadding);
        workers.Execute(y.Shape.N * y.Shape.H * job.Groups, job);
    }

    /// <summary>Computes one block.</summary>
    public void Execute(int block, int worker)
    {
        (int line, int group) = Math.DivRem(block, Groups);
        (int n, int i) = Math.DivRem(line, y.Shape.H);
        int end = Math.Min(y.Channels, (group + 1) * GroupChannels);
        for (int j = 0; j < y.Shape.W; j++)
        {
            float share = ComputeWeight(rows, columns, i, j, x.Shape.H, x.Shape.W, countsPadding);
            int c = group * GroupChannels;
            for (; c <= end - Vector256<float>.Count; c += Vector256<float>.Count)
            {
                (Eight(n, i, j, c) * share).Store(y.At(n, i, j) + c);
            }

            for (; c < end; c++)
            {
                y.At(n, i, j)[c] = One(n, i, j, c) * share;
            }
        }
    }

    /// <summary>One by the number of pixels that a window's mean is of.</summary>
    public static float ComputeWeight(
        Axis rows, Axis columns, int i, int j, int height, int width, bool countsPadding) => 1f
        / (countsPadding ? rows.Kernel * columns.Kernel : Count(rows, i, height) * Count(columns, j, width));

    private static int Count(Axis axis, int position, int size)
    {
        (int first, int end) = Inside(axis, position, size);
        return end - first;
    }

    /// <summary>The pixels of a window that are in the image.</summary>
    private static (int First, int End) Inside(Axis axis, int position, int size)
    {
        int start = (position * axis.Stride) - axis.Padding;
        return (Math.Max(0, start), Math.Min(size, start + axis.Kernel));
    }

    private Vector256<float> Eight(int n, int i, int j, int c)
    {
        (int top, int bottom) = Inside(rows, i, x.Shape.H);
        (int left, int right) = Inside(columns, j, x.Shape.W);
        Vector256<float> sum = default;
        for (int row = top; row < bottom; row++)
        {
            Vector256<float> rowSum = default;
            float* from = x.At(n, row, left) + c;
            for (int column = left; column < right; column++, from += x.Stride)
            {
                rowSum += Vector256.Load(from);
            }

            sum += rowSum;
        }

        return sum;
    }

    private float One(int n, int i, int j, int c)
    {
        (int top, int bottom) = Inside(rows, i, x.Shape.H);
        (int left, int right) = Inside(columns, j, x.Shape.W);
        float sum = 0;
        for (int row = top; row < bottom; row++)
        {
            float rowSum = 0;
            for (int column = left; column < right; column++)
            {
                rowSum += x.At(n, row, column)[c];
            }

            sum += rowSum;
        }

        return sum;
    }
}
