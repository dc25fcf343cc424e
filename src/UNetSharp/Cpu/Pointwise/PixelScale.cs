using UNetSharp.Execution;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>y[p, c] = x[p, c] · scale[p], or y[p, c] += …. A block is a row.</summary>
internal readonly unsafe struct PixelScale(View x, View scale, View y, bool adds) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View scale, View y, bool adds) =>
        workers.Execute(y.Shape.N * y.Shape.H, new PixelScale(x, scale, y, adds));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        for (long p = (long)block * y.Shape.W; p < (block + 1L) * y.Shape.W; p++)
        {
            float factor = *scale.Pixel(p);
            float* from = x.Pixel(p);
            float* to = y.Pixel(p);
            for (int c = 0; c < y.Channels; c++)
            {
                to[c] = (adds ? to[c] : 0) + (from[c] * factor);
            }
        }
    }
}
