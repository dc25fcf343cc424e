namespace UNetSharp.Data.Augmentations;

/// <summary>Streams of random numbers of their own for every seed, epoch and item.</summary>
internal static class RandomStream
{
    /// <summary>The stream that the order of an epoch is drawn from.</summary>
    public static Random ForOrder(int seed, int epoch) => ForItem(seed, epoch, uint.MaxValue);

    /// <summary>
    /// The stream of a pair. It goes by the pair's name, not by its place, so that a pair is changed in the same way
    /// whatever else is in the data set.
    /// </summary>
    public static Random ForPair(int seed, int epoch, string name)
    {
        ulong hash = 14695981039346656037; // FNV-1a; string.GetHashCode differs from run to run
        foreach (char letter in name)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return ForItem(seed, epoch, hash);
    }

    /// <summary>Mixes numbers so that near ones give unlike seeds (the finalizer of MurmurHash3).</summary>
    private static Random ForItem(int seed, int epoch, ulong item)
    {
        ulong x = ((ulong)(uint)seed << 40) ^ ((ulong)(uint)epoch << 20) ^ item;
        x = (x ^ (x >> 33)) * 0xff51afd7ed558ccd;
        x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53;
        return new Random((int)(x ^ (x >> 33)));
    }
}
