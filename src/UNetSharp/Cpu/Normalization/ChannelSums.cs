using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Normalization;

/// <summary>A term that is summed over pixels, for eight channels at a time.</summary>
internal interface ITerm
{
    /// <summary>The term of a pixel's value; <paramref name="center"/> is the channel's.</summary>
    static abstract Vector256<float> Apply(Vector256<float> x, Vector256<float> center);
}

/// <summary>
/// Sums over all pixels, one for each channel. Blocks of pixels of a fixed size each write partial sums, which are
/// added in block order in double precision, so that results depend on shapes alone.
/// </summary>
internal static unsafe class ChannelSums
{
    // 64 channels of so many pixels are 256 KiB: a second pass over a block still finds it in L2. Float sums of at most
    // so many terms keep six digits.
    private const int BlockFloats = 65536;
    private const int MaxPixels = 1024;

    /// <summary>Pixels of a block.</summary>
    public static int BlockPixels(int channels) => Math.Clamp(BlockFloats / channels, 16, MaxPixels);

    /// <summary>Number of blocks.</summary>
    public static int Blocks(int pixels, int channels)
    {
        int size = BlockPixels(channels);
        return (pixels + size - 1) / size;
    }

    /// <summary>Floats of scratch memory for <see cref="Compute"/>.</summary>
    public static long ScratchFloats(int pixels, int channels) => (long)Blocks(pixels, channels) * channels;

    /// <summary>sums[c] = Σ x[i, c].</summary>
    public static void Compute(Workers workers, View x, float* sums, float* scratch)
    {
        int blocks = Blocks(x.Pixels, x.Channels);
        workers.Execute(blocks, new Partial(x, scratch));
        for (int c = 0; c < x.Channels; c++)
        {
            double sum = 0;
            for (int block = 0; block < blocks; block++)
            {
                sum += scratch[((long)block * x.Channels) + c];
            }

            sums[c] = (float)sum;
        }
    }

    /// <summary>sums[c] = Σ term(x[i, c], center[c]) over a run of pixels; the center may be null.</summary>
    public static void AddPixels<TTerm>(float* x, int stride, int pixels, int channels, float* center, float* sums)
        where TTerm : struct, ITerm
    {
        int c = 0;
        for (; c <= channels - 16; c += 16)
        {
            Vector256<float> center0 = center == null ? default : Vector256.Load(center + c);
            Vector256<float> center1 = center == null ? default : Vector256.Load(center + c + 8);
            Vector256<float> sum0 = default, sum1 = default;
            float* from = x + c;
            for (int p = 0; p < pixels; p++, from += stride)
            {
                sum0 += TTerm.Apply(Vector256.Load(from), center0);
                sum1 += TTerm.Apply(Vector256.Load(from + 8), center1);
            }

            sum0.Store(sums + c);
            sum1.Store(sums + c + 8);
        }

        for (; c < channels; c++)
        {
            Vector256<float> center0 = Vector256.Create(center == null ? 0 : center[c]);
            Vector256<float> sum = default;
            for (int p = 0; p < pixels; p++)
            {
                sum += TTerm.Apply(Vector256.CreateScalar(x[((long)p * stride) + c]), center0);
            }

            sums[c] = sum.ToScalar();
        }
    }

    /// <summary>x.</summary>
    internal readonly struct Itself : ITerm
    {
        /// <inheritdoc/>
        public static Vector256<float> Apply(Vector256<float> x, Vector256<float> center) => x;
    }

    /// <summary>(x − center)².</summary>
    internal readonly struct SquaredDistance : ITerm
    {
        /// <inheritdoc/>
        public static Vector256<float> Apply(Vector256<float> x, Vector256<float> center) =>
            (x - center) * (x - center);
    }

    private readonly struct Partial(View x, float* sums) : IJob
    {
        public void Execute(int block, int worker)
        {
            int size = BlockPixels(x.Channels);
            long first = (long)block * size;
            int pixels = (int)Math.Min(size, x.Pixels - first);
            float* to = sums + ((long)block * x.Channels);
            ChannelSums.AddPixels<Itself>(x.Pixel(first), x.Stride, pixels, x.Channels, null, to);
        }
    }
}
