using System.Runtime.Intrinsics;
using UNetSharp.Cpu.Convolutions;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Normalization;

/// <summary>y[i, c] = rectify(scale[c] · x[i, c] + shift[c]), the leaky rectifier with the given slope.</summary>
internal readonly unsafe struct ChannelAffine(View x, View y, float* scale, float* shift, float slope) : IJob
{
    /// <summary>Computes y.</summary>
    public static void Execute(Workers workers, View x, View y, float* scale, float* shift, float slope) =>
        workers.Execute(ChannelSums.Blocks(x.Pixels, x.Channels), new ChannelAffine(x, y, scale, shift, slope));

    /// <summary>Computes one block of pixels.</summary>
    public void Execute(int block, int worker)
    {
        View from = x, to = y;
        float* a = scale, b = shift;
        float leak = slope;
        int channels = from.Channels;
        int size = ChannelSums.BlockPixels(channels);
        long end = Math.Min(from.Pixels, (block + 1L) * size);
        for (long p = (long)block * size; p < end; p++)
        {
            float* xp = from.Pixel(p);
            float* yp = to.Pixel(p);
            int c = 0;
            for (; c <= channels - Vector256<float>.Count; c += Vector256<float>.Count)
            {
                Vector256<float> value =
                    Vector256.MultiplyAddEstimate(Vector256.Load(xp + c), Vector256.Load(a + c), Vector256.Load(b + c));
                Epilogue.LeakyRelu(value, leak).Store(yp + c);
            }

            for (; c < channels; c++)
            {
                float value = (xp[c] * a[c]) + b[c];
                yp[c] = value > 0 ? value : value * leak;
            }
        }
    }
}
