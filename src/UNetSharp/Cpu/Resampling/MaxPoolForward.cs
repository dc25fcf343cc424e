using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Cpu.Resampling;

/// <summary>
/// y[i] = max of x over the window of i; windows reach over the border without counting what lies there. A block is
/// one row of the result.
/// </summary>
internal readonly unsafe struct MaxPoolForward(View x, View y, Axis rows, Axis columns) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, Axis rows, Axis columns) =>
        workers.Execute(y.Shape.N * y.Shape.H, new MaxPoolForward(x, y, rows, columns));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        (int n, int i) = Math.DivRem(block, y.Shape.H);
        Window down = Window.Create(rows, i, x.Shape.H);
        for (int j = 0; j < y.Shape.W; j++)
        {
            Window across = Window.Create(columns, j, x.Shape.W);
            float* to = y.At(n, i, j);
            bool isFirst = true;
            for (int row = down.First; row < down.End; row += down.Step)
            {
                for (int column = across.First; column < across.End; column += across.Step)
                {
                    Max(x.At(n, row, column), to, y.Channels, isFirst);
                    isFirst = false;
                }
            }
        }
    }

    private static void Max(float* from, float* to, int channels, bool isFirst)
    {
        int c = 0;
        for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Load(from + c);
            (isFirst ? value : Vector256.Max(Vector256.Load(to + c), value)).Store(to + c);
        }

        for (; c < channels; c++)
        {
            to[c] = isFirst ? from[c] : MathF.Max(to[c], from[c]);
        }
    }

    /// <summary>The pixels of a window that lie inside of the image.</summary>
    internal readonly record struct Window(int First, int End, int Step)
    {
        public static Window Create(Axis axis, int position, int size)
        {
            int start = (position * axis.Stride) - axis.Padding;
            int skipped = start >= 0 ? 0 : (-start + axis.Dilation - 1) / axis.Dilation;
            return new Window(
                start + (skipped * axis.Dilation), Math.Min(size, start + axis.Extent), axis.Dilation);
        }
    }
}
