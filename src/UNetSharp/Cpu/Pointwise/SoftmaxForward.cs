using UNetSharp.Execution;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>y[c] = exp(x[c] − max) / Σ exp(x[k] − max) for every pixel. A block is a row.</summary>
internal readonly unsafe struct SoftmaxForward(View x, View y) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y) =>
        workers.Execute(x.Shape.N * x.Shape.H, new SoftmaxForward(x, y));

    /// <summary>Softmax of one pixel.</summary>
    public static void ComputePixel(ReadOnlySpan<float> x, Span<float> y)
    {
        float max = float.NegativeInfinity;
        foreach (float value in x)
        {
            max = MathF.Max(max, value);
        }

        float sum = 0;
        for (int c = 0; c < y.Length; c++)
        {
            y[c] = MathF.Exp(x[c] - max);
            sum += y[c];
        }

        for (int c = 0; c < y.Length; c++)
        {
            y[c] /= sum;
        }
    }

    /// <summary>Computes one row.</summary>
    public void Execute(int block, int worker)
    {
        for (long p = (long)block * x.Shape.W; p < (block + 1L) * x.Shape.W; p++)
        {
            ComputePixel(new ReadOnlySpan<float>(x.Pixel(p), x.Channels), new Span<float>(y.Pixel(p), x.Channels));
        }
    }
}
