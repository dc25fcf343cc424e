using UNetSharp.Execution;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>dx[c] = y[c] · (dy[c] − Σ dy[k] · y[k]) for every pixel, or dx[c] += …. A block is a row.</summary>
internal readonly unsafe struct SoftmaxBackward(View y, View dy, View dx, bool adds) : IJob
{
    /// <summary>Computes dx.</summary>
    public static void Execute(Workers workers, View y, View dy, View dx, bool adds) =>
        workers.Execute(y.Shape.N * y.Shape.H, new SoftmaxBackward(y, dy, dx, adds));

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        for (long p = (long)block * y.Shape.W; p < (block + 1L) * y.Shape.W; p++)
        {
            float* yp = y.Pixel(p), dyp = dy.Pixel(p), dxp = dx.Pixel(p);
            float product = 0;
            for (int c = 0; c < y.Channels; c++)
            {
                product += yp[c] * dyp[c];
            }

            for (int c = 0; c < y.Channels; c++)
            {
                float value = yp[c] * (dyp[c] - product);
                dxp[c] = adds ? dxp[c] + value : value;
            }
        }
    }
}
