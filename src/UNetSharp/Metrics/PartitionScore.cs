using System.Runtime.InteropServices;

namespace UNetSharp.Metrics;

/// <summary>
/// How alike two partitions of a picture into segments are, restricted to the foreground of the truth
/// (Arganda-Carreras et al. 2015, https://doi.org/10.3389/fnana.2015.00142). Over the n pixels that belong to a
/// segment of the truth, with p[i, j] the share of those in segment i of the proposal and j of the truth, s[i] = Σ
/// p[i, j] over j and t[j] over i:
/// <code>
/// V-Rand = Σ p[i, j]² / (½ Σ s[i]² + ½ Σ t[j]²)        V-Info = I(S; T) / (½ H(S) + ½ H(T))
/// I(S; T) = H(S) + H(T) − H(S, T), entropies over s, t and p
/// </code>
/// Label 0 is the border. Pixels of a border that the proposal draws within a segment of the truth are segments of one
/// pixel each, so that wide borders cost. Both are 1 for the same partition, and if the truth has no segment.
/// </summary>
/// <param name="VRand">Foreground-restricted Rand score, 0..1.</param>
/// <param name="VInfo">Foreground-restricted information theoretic score, 0..1.</param>
public readonly record struct PartitionScore(double VRand, double VInfo)
{
    /// <summary>Compares two partitions in n log n time.</summary>
    /// <param name="truth">Number of each pixel's segment; 0 is the border.</param>
    /// <param name="proposal">As many numbers.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static PartitionScore Compute(ReadOnlySpan<int> truth, ReadOnlySpan<int> proposal)
    {
        PixelCountCheck.RequireSameLength(truth.Length, proposal.Length);
        Dictionary<int, long> truthSizes = [];
        Dictionary<int, long> proposalSizes = [];
        long[] pairs = new long[truth.Length];
        int count = 0;
        long singles = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == 0)
            {
                continue;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(truthSizes, truth[i], out _)++;
            if (proposal[i] == 0)
            {
                singles++;
                continue;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(proposalSizes, proposal[i], out _)++;
            pairs[count++] = ((long)truth[i] << 32) | (uint)proposal[i];
        }

        Array.Sort(pairs, 0, count);
        return Compute(
            new Sums(truthSizes.Values, singles: 0),
            new Sums(proposalSizes.Values, singles),
            new Sums(RunLengths(pairs, count), singles),
            count + singles);
    }

    private static PartitionScore Compute(Sums truth, Sums proposal, Sums both, double n)
    {
        if (n == 0)
        {
            return new PartitionScore(1, 1);
        }

        double rand = both.Squares / ((truth.Squares + proposal.Squares) / 2);
        (double ofTruth, double ofProposal) = (truth.Entropy(n), proposal.Entropy(n));
        double mutual = ofTruth + ofProposal - both.Entropy(n);
        double mean = (ofTruth + ofProposal) / 2;
        return new PartitionScore(rand, mean == 0 ? 1 : Math.Clamp(mutual / mean, 0, 1));
    }

    private static IEnumerable<long> RunLengths(long[] sorted, int count)
    {
        for (int start = 0, end; start < count; start = end)
        {
            for (end = start + 1; end < count && sorted[end] == sorted[start]; end++)
            {
            }

            yield return end - start;
        }
    }

    /// <summary>Sums over the sizes of segments, some of which are single pixels.</summary>
    private readonly struct Sums
    {
        private readonly double _logs;

        public Sums(IEnumerable<long> sizes, long singles)
        {
            // A single pixel adds 1² to the squares, and 1 · log 1 = 0 to the logarithms.
            Squares = singles;
            foreach (long size in sizes)
            {
                Squares += (double)size * size;
                _logs += size * Math.Log(size);
            }
        }

        public double Squares { get; }

        /// <summary>−Σ size / n · log(size / n) = log n − Σ size · log(size) / n.</summary>
        public double Entropy(double n) => Math.Max(0, Math.Log(n) - (_logs / n));
    }
}
