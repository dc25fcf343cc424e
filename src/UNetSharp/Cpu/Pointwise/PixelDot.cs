using UNetSharp.Execution;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>y[p] = Σ a[p, c] · b[p, c] over the channels of a pixel, or y[p] += …. A block is a row.</summary>
internal readonly unsafe struct PixelDot(View a, View b, View y, bool adds) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View a, View b, View y, bool adds) =>
        workers.Execute(y.Shape.N * y.Shape.H, new PixelDot(a, b, y, adds));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        for (long p = (long)block * y.Shape.W; p < (block + 1L) * y.Shape.W; p++)
        {
            float* left = a.Pixel(p);
            float* right = b.Pixel(p);
            float sum = 0;
            for (int c = 0; c < a.Channels; c++)
            {
                sum += left[c] * right[c];
            }

            float* to = y.Pixel(p);
            *to = adds ? *to + sum : sum;
        }
    }
}
