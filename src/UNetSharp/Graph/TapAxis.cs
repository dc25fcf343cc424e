namespace UNetSharp.Graph;

/// <summary>
/// One axis of a resampling: which source pixels each result pixel sums up, and with which weights; and the same seen
/// from the source, for backward.
/// </summary>
internal sealed class TapAxis
{
    private TapAxis(IReadOnlyList<(int Source, float Weight)[]> taps, int size)
    {
        List<(int, float)>[] readers = [.. Enumerable.Range(0, size).Select(_ => new List<(int, float)>())];
        for (int i = 0; i < taps.Count; i++)
        {
            foreach ((int source, float weight) in taps[i])
            {
                readers[source].Add((i, weight));
            }
        }

        (Count, Taps, Readers) = (taps.Count, new TapList(taps), new TapList(readers));
    }

    /// <summary>Number of result pixels.</summary>
    public int Count { get; }

    /// <summary>Source pixels and weights of each result pixel.</summary>
    public TapList Taps { get; }

    /// <summary>Result pixels and weights of each source pixel.</summary>
    public TapList Readers { get; }

    /// <summary>Weights that a function gives; pixels outside count as the border's, and of one pixel weights add
    /// up.</summary>
    /// <param name="source">Number of source pixels.</param>
    /// <param name="result">Number of result pixels.</param>
    /// <param name="tapsOf">Source pixels and weights of a result pixel.</param>
    public static TapAxis FromFunction(
        int source, int result, Func<int, IEnumerable<(int Source, float Weight)>> tapsOf) => new(
        [
            .. Enumerable.Range(0, result).Select(i => tapsOf(i)
                .GroupBy(tap => Math.Clamp(tap.Source, 0, source - 1))
                .Select(group => (group.Key, group.Sum(tap => tap.Weight)))
                .Where(tap => tap.Item2 != 0).ToArray()),
        ],
        source);
}

/// <summary>Pixels and weights, so many for each of a row of pixels.</summary>
internal sealed unsafe class TapList
{
    private readonly PinnedArray<int> _starts;
    private readonly PinnedArray<int> _pixels;
    private readonly PinnedArray<float> _weights;

    /// <summary>Copies the lists.</summary>
    public TapList(IReadOnlyList<IReadOnlyCollection<(int Pixel, float Weight)>> lists)
    {
        int sum = 0;
        _starts = new PinnedArray<int>([0, .. lists.Select(list => sum += list.Count)]);
        _pixels = new PinnedArray<int>(lists.SelectMany(list => list).Select(tap => tap.Pixel));
        _weights = new PinnedArray<float>(lists.SelectMany(list => list).Select(tap => tap.Weight));
    }

    /// <summary>Where the list of each pixel starts, and where the last one ends.</summary>
    public int* Starts => _starts.Address;

    /// <summary>The pixels.</summary>
    public int* Pixels => _pixels.Address;

    /// <summary>Their weights.</summary>
    public float* Weights => _weights.Address;
}
