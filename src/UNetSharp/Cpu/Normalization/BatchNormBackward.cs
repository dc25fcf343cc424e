using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// Backward of batch norm and of the leaky rectifier after it (Ioffe and Szegedy 2015,
/// https://arxiv.org/abs/1502.03167). With z = dy where the result scale · x + shift is positive and slope · dy
/// elsewhere, x̂ = (x − mean) · invStd, over m pixels:
/// <code>
/// dbias = Σ z        dweight = Σ z · x̂
/// dx = weight · invStd · (z − dbias / m − x̂ · dweight / m)
/// </code>
/// The sign of the result is found once more from x, by the arithmetic of <see cref="ChannelAffine"/>: that is cheaper
/// than to read the result from memory.
/// </summary>
internal static unsafe class BatchNormBackward
{
    /// <summary>Floats of scratch memory for <see cref="ComputeParameterGradients"/>.</summary>
    public static long ScratchFloats(int pixels, int channels) => 2 * ChannelSums.ScratchFloats(pixels, channels);

    /// <summary>Computes dbias and dweight.</summary>
    public static void ComputeParameterGradients(
        Workers workers, View x, View dy, Channels channels, float* dweight, float* dbias, float* scratch)
    {
        int blocks = ChannelSums.Blocks(x.Pixels, x.Channels);
        workers.Execute(blocks, new SumsJob(x, dy, channels, scratch));
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
            dweight[c] = (float)(product * channels.InvStd[c]);
        }
    }

    /// <summary>
    /// Computes dx = a · z + b · (x − mean) + c with factors for each channel that hold the formula above.
    /// </summary>
    public static void ComputeInputGradient(
        Workers workers, View x, View dy, View dx, Channels channels, float* a, float* b, float* c, bool adds) =>
        workers.Execute(ChannelSums.Blocks(x.Pixels, x.Channels), new InputJob(x, dy, dx, channels, a, b, c, adds));

    /// <summary>What forward left of each channel, and the slope of the rectifier (1 where there is none).</summary>
    internal readonly struct Channels(float* values, int count, float slope)
    {
        /// <summary>Floats of <c>values</c> for each channel.</summary>
        public const int Floats = 4;

        public float* Mean => values;

        public float* InvStd => values + count;

        public float* Scale => values + (2 * count);

        public float* Shift => values + (3 * count);

        public float Slope => slope;

        /// <summary>z of eight channels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Masked(
            Vector256<float> x, Vector256<float> dy, Vector256<float> scale, Vector256<float> shift, float slope)
        {
            Vector256<float> y = Vector256.MultiplyAddEstimate(x, scale, shift);
            return Vector256.ConditionalSelect(Vector256.GreaterThan(y, Vector256<float>.Zero), dy, dy * slope);
        }

        /// <summary>z of one channel.</summary>
        public float Masked(float x, float dy, int c) => (x * Scale[c]) + Shift[c] > 0 ? dy : dy * Slope;
    }

    // Pixels whose channels are summed group by group while all of them are in the cache.
    private const int StripPixels = 32;

    private readonly struct SumsJob(View x, View dy, Channels of, float* partial) : IJob
    {
        public void Execute(int block, int worker)
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
            float* xp = x.Pixel(first) + c, dyp = dy.Pixel(first) + c;
            int xStride = x.Stride, dyStride = dy.Stride;
            float slope = of.Slope;
            Vector256<float> center = Vector256.Load(of.Mean + c);
            Vector256<float> scale = Vector256.Load(of.Scale + c), shift = Vector256.Load(of.Shift + c);
            Vector256<float> sum = Vector256.Load(sums + c), product = Vector256.Load(products + c);
            for (int p = 0; p < pixels; p++, xp += xStride, dyp += dyStride)
            {
                Vector256<float> value = Vector256.Load(xp);
                Vector256<float> z = Channels.Masked(value, Vector256.Load(dyp), scale, shift, slope);
                sum += z;
                product = Vector256.MultiplyAddEstimate(z, value - center, product);
            }

            sum.Store(sums + c);
            product.Store(products + c);
        }

        private void SumOne(long first, int pixels, int c, float* sums, float* products)
        {
            float sum = sums[c], product = products[c];
            for (long p = first; p < first + pixels; p++)
            {
                float value = x.Pixel(p)[c];
                float z = of.Masked(value, dy.Pixel(p)[c], c);
                sum += z;
                product += z * (value - of.Mean[c]);
            }

            sums[c] = sum;
            products[c] = product;
        }
    }

    private readonly struct InputJob(
        View x, View dy, View dx, Channels of, float* a, float* b, float* c, bool adds) : IJob
    {
        public void Execute(int block, int worker)
        {
            int channels = x.Channels;
            long end = Math.Min(x.Pixels, (block + 1L) * ChannelSums.BlockPixels(channels));
            for (long p = (long)block * ChannelSums.BlockPixels(channels); p < end; p++)
            {
                Pixel(x.Pixel(p), dy.Pixel(p), dx.Pixel(p), channels);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Pixel(float* xp, float* dyp, float* dxp, int channels)
        {
            float* center = of.Mean, scale = of.Scale, shift = of.Shift, forZ = a, forX = b, constant = c;
            float slope = of.Slope;
            bool isAdding = adds;
            int i = 0;
            for (; i <= channels - 8; i += 8)
            {
                Vector256<float> from = Vector256.Load(xp + i);
                Vector256<float> z = Channels.Masked(
                    from, Vector256.Load(dyp + i), Vector256.Load(scale + i), Vector256.Load(shift + i), slope);
                Vector256<float> value = Vector256.MultiplyAddEstimate(
                    from - Vector256.Load(center + i),
                    Vector256.Load(forX + i),
                    Vector256.Load(constant + i));
                value = Vector256.MultiplyAddEstimate(z, Vector256.Load(forZ + i), value);
                (isAdding ? value + Vector256.Load(dxp + i) : value).Store(dxp + i);
            }

            for (; i < channels; i++)
            {
                float value = (of.Masked(xp[i], dyp[i], i) * forZ[i]) + ((xp[i] - center[i]) * forX[i]) + constant[i];
                dxp[i] = isAdding ? dxp[i] + value : value;
            }
        }
    }
}
