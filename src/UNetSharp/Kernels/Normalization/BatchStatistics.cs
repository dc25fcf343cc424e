using UNetSharp.Execution;

namespace UNetSharp.Kernels.Normalization;

/// <summary>
/// Mean and variance of each channel over all pixels. A block finds its own mean and squared distances from it; blocks
/// are then merged by Chan, Golub and LeVeque's rule, which loses no digits when the mean is far from zero.
/// </summary>
internal readonly unsafe struct BatchStatistics(View x, float* partial) : IJob
{
    /// <summary>Floats of scratch memory.</summary>
    public static long ScratchFloats(int pixels, int channels) => 2 * ChannelSums.ScratchFloats(pixels, channels);

    /// <summary>Writes the mean and the biased variance (divided by the number of pixels).</summary>
    public static void Of(Workers workers, View x, float* mean, float* variance, float* scratch)
    {
        workers.Run(ChannelSums.Blocks(x.Pixels, x.Channels), new BatchStatistics(x, scratch));
        for (int c = 0; c < x.Channels; c++)
        {
            Merge(x, scratch, c, out mean[c], out variance[c]);
        }
    }

    /// <summary>Sums one block.</summary>
    public void Run(int block, int worker)
    {
        int channels = x.Channels;
        long first = (long)block * ChannelSums.BlockPixels(channels);
        int pixels = (int)Math.Min(ChannelSums.BlockPixels(channels), x.Pixels - first);
        float* mean = partial + (2L * block * channels);
        float* squares = mean + channels;
        ChannelSums.Run<ChannelSums.Itself>(x.Pixel(first), x.Stride, pixels, channels, null, mean);
        for (int c = 0; c < channels; c++)
        {
            mean[c] /= pixels;
        }

        ChannelSums.Run<ChannelSums.SquaredDistance>(x.Pixel(first), x.Stride, pixels, channels, mean, squares);
    }

    private static void Merge(View x, float* partial, int c, out float mean, out float variance)
    {
        int size = ChannelSums.BlockPixels(x.Channels);
        double mergedMean = 0, squares = 0;
        long count = 0;
        for (long first = 0; first < x.Pixels; first += size, partial += 2 * x.Channels)
        {
            long pixels = Math.Min(size, x.Pixels - first);
            double distance = partial[c] - mergedMean;
            squares += partial[x.Channels + c] + (distance * distance * count * pixels / (count + pixels));
            count += pixels;
            mergedMean += distance * pixels / count;
        }

        mean = (float)mergedMean;
        variance = (float)(squares / count);
    }
}
