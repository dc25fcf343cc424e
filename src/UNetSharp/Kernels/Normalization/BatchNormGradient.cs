using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Kernels.Normalization;

/// <summary>
/// Backward of batch norm and of the leaky rectifier after it (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).
/// With z = dy where the result is positive and slope · dy elsewhere, x̂ = (x − mean) · invStd, over m pixels:
/// <code>
/// dbias = Σ z        dweight = Σ z · x̂
/// dx = weight · invStd · (z − dbias / m − x̂ · dweight / m)
/// </code>
/// </summary>
internal static unsafe class BatchNormGradient
{
    /// <summary>Floats of scratch memory for <see cref="Sums"/>.</summary>
    public static long ScratchFloats(int pixels, int channels) => 2 * ChannelSums.ScratchFloats(pixels, channels);

    /// <summary>Computes dbias and dweight. <paramref name="y"/> is the result of the rectifier.</summary>
    public static void Sums(
        Workers workers, View x, View y, View dy, float slope, float* mean, float* invStd, float* dweight, float* dbias,
        float* scratch)
    {
        int blocks = ChannelSums.Blocks(x.Pixels, x.Channels);
        workers.Run(blocks, new SumsJob(x, y, dy, slope, mean, scratch));
        for (int c = 0; c < x.Channels; c++)
        {
            double sum = 0, product = 0;
            for (int block = 0; block < blocks; block++)
            {
                float* row = scratch + (2L * block * x.Channels);
                sum += row[c];
                product += row[x.Channels + c];
            }

            dbias[c] = (float)sum;
            dweight[c] = (float)(product * invStd[c]);
        }
    }

    /// <summary>
    /// Computes dx = a · z + b · (x − mean) + c with factors for each channel that hold the formula above.
    /// </summary>
    public static void Input(
        Workers workers, View x, View y, View dy, View dx, float slope, float* mean, float* a, float* b, float* c,
        bool adds) =>
        workers.Run(ChannelSums.Blocks(x.Pixels, x.Channels), new InputJob(x, y, dy, dx, slope, mean, a, b, c, adds));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Masked(Vector256<float> y, Vector256<float> dy, float slope) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(y, Vector256<float>.Zero), dy, dy * slope);

    // Pixels whose channels are summed group by group while all of them are in the cache.
    private const int StripPixels = 32;

    private readonly struct SumsJob(View x, View y, View dy, float slope, float* mean, float* partial) : IJob
    {
        public void Run(int block, int worker)
        {
            int channels = x.Channels;
            long first = (long)block * ChannelSums.BlockPixels(channels);
            int pixels = (int)Math.Min(ChannelSums.BlockPixels(channels), x.Pixels - first);
            float* sums = partial + (2L * block * channels);
            new Span<float>(sums, 2 * channels).Clear();
            for (int start = 0; start < pixels; start += StripPixels)
            {
                SumStrip(first + start, Math.Min(StripPixels, pixels - start), sums);
            }
        }

        private void SumStrip(long first, int pixels, float* sums)
        {
            float* products = sums + x.Channels;
            int c = 0;
            for (; c <= x.Channels - 8; c += 8)
            {
                SumEight(first, pixels, c, sums, products);
            }

            for (; c < x.Channels; c++)
            {
                SumOne(first, pixels, c, sums, products);
            }
        }

        private void SumEight(long first, int pixels, int c, float* sums, float* products)
        {
            float* xp = x.Pixel(first) + c, yp = y.Pixel(first) + c, dyp = dy.Pixel(first) + c;
            int xStride = x.Stride, yStride = y.Stride, dyStride = dy.Stride;
            float leak = slope;
            Vector256<float> center = Vector256.Load(mean + c);
            Vector256<float> sum = Vector256.Load(sums + c), product = Vector256.Load(products + c);
            for (int p = 0; p < pixels; p++, xp += xStride, yp += yStride, dyp += dyStride)
            {
                Vector256<float> z = Masked(Vector256.Load(yp), Vector256.Load(dyp), leak);
                sum += z;
                product = Vector256.MultiplyAddEstimate(z, Vector256.Load(xp) - center, product);
            }

            sum.Store(sums + c);
            product.Store(products + c);
        }

        private void SumOne(long first, int pixels, int c, float* sums, float* products)
        {
            float sum = sums[c], product = products[c];
            for (long p = first; p < first + pixels; p++)
            {
                float z = dy.Pixel(p)[c] * (y.Pixel(p)[c] > 0 ? 1 : slope);
                sum += z;
                product += z * (x.Pixel(p)[c] - mean[c]);
            }

            sums[c] = sum;
            products[c] = product;
        }
    }

    private readonly struct InputJob(
        View x, View y, View dy, View dx, float slope, float* mean, float* a, float* b, float* c, bool adds) : IJob
    {
        public void Run(int block, int worker)
        {
            int channels = x.Channels;
            long end = Math.Min(x.Pixels, (block + 1L) * ChannelSums.BlockPixels(channels));
            for (long p = (long)block * ChannelSums.BlockPixels(channels); p < end; p++)
            {
                Pixel(x.Pixel(p), y.Pixel(p), dy.Pixel(p), dx.Pixel(p), channels);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Pixel(float* xp, float* yp, float* dyp, float* dxp, int channels)
        {
            float* center = mean, forZ = a, forX = b, constant = c;
            float leak = slope;
            bool isAdding = adds;
            int i = 0;
            for (; i <= channels - 8; i += 8)
            {
                Vector256<float> z = Masked(Vector256.Load(yp + i), Vector256.Load(dyp + i), leak);
                Vector256<float> value = Vector256.MultiplyAddEstimate(
                    Vector256.Load(xp + i) - Vector256.Load(center + i),
                    Vector256.Load(forX + i),
                    Vector256.Load(constant + i));
                value = Vector256.MultiplyAddEstimate(z, Vector256.Load(forZ + i), value);
                (isAdding ? value + Vector256.Load(dxp + i) : value).Store(dxp + i);
            }

            for (; i < channels; i++)
            {
                float z = dyp[i] * (yp[i] > 0 ? 1 : leak);
                float value = (z * forZ[i]) + ((xp[i] - center[i]) * forX[i]) + constant[i];
                dxp[i] = isAdding ? dxp[i] + value : value;
            }
        }
    }
}
