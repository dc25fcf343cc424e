using UNetSharp.Cpu.Convolutions;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Normalization;

/// <summary>
/// Mean and variance of each channel over all pixels. A block finds its own mean and squared distances from it; blocks
/// are then merged by Chan, Golub and LeVeque's rule, which loses no digits when the mean is far from zero.
/// </summary>
internal readonly unsafe struct BatchStatistics(View x, float* partial) : IJob
{
    /// <summary>Floats of scratch memory.</summary>
    public static long ScratchFloats(int pixels, int channels) => 2 * ChannelSums.ScratchFloats(pixels, channels);

    /// <summary>Writes the mean and the biased variance (divided by the number of pixels).</summary>
    public static void Compute(Workers workers, View x, float* mean, float* variance, float* scratch)
    {
        workers.Execute(ChannelSums.Blocks(x.Pixels, x.Channels), new BatchStatistics(x, scratch));
        int size = ChannelSums.BlockPixels(x.Channels);
        for (int c = 0; c < x.Channels; c++)
        {
            Merged all = default;
            float* from = scratch + c;
            for (int first = 0; first < x.Pixels; first += size, from += 2 * x.Channels)
            {
                all.Add(Math.Min(size, x.Pixels - first), from[0], from[x.Channels]);
            }

            (mean[c], variance[c]) = (all.Mean, all.Variance);
        }
    }

    /// <summary>The same of records that a convolution has left, [block][panel].</summary>
    public static void Compute(float* records, int blocks, int channels, float* mean, float* variance)
    {
        int panels = channels / PackedWeights.PanelWidth;
        for (int c = 0; c < channels; c++)
        {
            (int panel, int channel) = Math.DivRem(c, PackedWeights.PanelWidth);
            Merged all = default;
            for (int block = 0; block < blocks; block++)
            {
                nint record = (nint)((block * panels) + panel) * TileStatistics.Floats;
                (long count, double blockMean, double squares) = TileStatistics.Read(records + record, channel);
                all.Add(count, blockMean, squares);
            }

            (mean[c], variance[c]) = (all.Mean, all.Variance);
        }
    }

    /// <summary>Sums one block.</summary>
    public void Execute(int block, int worker)
    {
        int channels = x.Channels;
        long first = (long)block * ChannelSums.BlockPixels(channels);
        int pixels = (int)Math.Min(ChannelSums.BlockPixels(channels), x.Pixels - first);
        float* mean = partial + (2L * block * channels);
        float* squares = mean + channels;
        ChannelSums.AddPixels<ChannelSums.Itself>(x.Pixel(first), x.Stride, pixels, channels, null, mean);
        for (int c = 0; c < channels; c++)
        {
            mean[c] /= pixels;
        }

        ChannelSums.AddPixels<ChannelSums.SquaredDistance>(x.Pixel(first), x.Stride, pixels, channels, mean, squares);
    }

    /// <summary>Mean and squared distances from it of the blocks so far.</summary>
    private struct Merged
    {
        private long _count;
        private double _mean;
        private double _squares;

        public readonly float Mean => (float)_mean;

        public readonly float Variance => (float)(_squares / _count);

        public void Add(long count, double mean, double squares)
        {
            double distance = mean - _mean;
            _squares += squares + (distance * distance * _count * count / (_count + count));
            _count += count;
            _mean += distance * count / _count;
        }
    }
}
