using System.Collections.Concurrent;

namespace UNetSharp.Data;

/// <summary>
/// Samples that are kept in memory after they were read once. What comes when the budget is used up is not kept: every
/// epoch reads every pair once in a new order, so whatever was put out for it would have been needed as soon.
/// Thread-safe; samples are handed out as they are and must not be written to.
/// </summary>
/// <param name="budgetBytes">Bytes that the samples may take.</param>
public sealed class SampleCache(long budgetBytes)
{
    private readonly ConcurrentDictionary<ImagePair, Sample> _samples = [];
    private long _bytesLeft = budgetBytes;

    /// <summary>Samples that are kept.</summary>
    public int Count => _samples.Count;

    /// <summary>Bytes of a sample: a float for each value of the image, a byte for each pixel of the mask.</summary>
    public static long BytesFor(PictureSize size, int channels) =>
        (long)size.Height * size.Width * ((channels * sizeof(float)) + sizeof(byte));

    /// <summary>The sample of a pair: the kept one, or else the one that is read, which is kept if it fits.</summary>
    internal Sample GetOrRead(ImagePair pair, Func<ImagePair, Sample> read)
    {
        if (_samples.TryGetValue(pair, out Sample? kept))
        {
            return kept;
        }

        Sample sample = read(pair);
        long bytes = BytesFor(sample.Size, sample.Channels);
        if (Interlocked.Add(ref _bytesLeft, -bytes) < 0 || !_samples.TryAdd(pair, sample))
        {
            Interlocked.Add(ref _bytesLeft, bytes); // it does not fit, or another thread was faster
        }

        return sample;
    }
}
