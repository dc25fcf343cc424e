namespace UNetSharp.Graph;

/// <summary>
/// One axis of an operation whose result pixels are copies of source pixels: which source pixel each result pixel
/// reads, and, for backward, which result pixels read each source pixel.
/// </summary>
internal sealed unsafe class SourceAxis
{
    private readonly PinnedArray<int> _sources;
    private readonly PinnedArray<int> _starts;
    private readonly PinnedArray<int> _readers;

    private SourceAxis(int size, IEnumerable<int> sources)
    {
        int[] all = [.. sources];
        int[] starts = new int[size + 1];
        foreach (int source in all)
        {
            starts[source + 1]++;
        }

        for (int source = 0; source < size; source++)
        {
            starts[source + 1] += starts[source];
        }

        _sources = new PinnedArray<int>(all);
        _readers = new PinnedArray<int>(Enumerable.Range(0, all.Length).OrderBy(result => all[result]));
        _starts = new PinnedArray<int>(starts);
    }

    /// <summary>Number of result pixels.</summary>
    public int Count => _sources.Count;

    /// <summary>Source pixel of each result pixel.</summary>
    public int* Sources => _sources.Address;

    /// <summary>
    /// Where the readers of each source pixel start in <see cref="Readers"/>, and where the last end.
    /// </summary>
    public int* Starts => _starts.Address;

    /// <summary>Result pixels in the order of the source pixels that they read.</summary>
    public int* Readers => _readers.Address;

    /// <summary>
    /// Nearest neighbour, PyTorch's interpolate(mode="nearest"): result pixel i is source pixel ⌊i · source / result⌋.
    /// </summary>
    public static SourceAxis ForNearest(int source, int result) =>
        new(source, Enumerable.Range(0, result).Select(i => (int)((long)i * source / result)));

    /// <summary>
    /// The source pixels that a function gives for every result pixel, or the nearest that there are.
    /// </summary>
    public static SourceAxis FromFunction(int source, int result, Func<int, int> place) =>
        new(source, Enumerable.Range(0, result).Select(i => Math.Clamp(place(i), 0, source - 1)));

    /// <summary>
    /// The source with its mirror image on both sides, without repeating the border pixel, and again as often as it
    /// takes: result pixel i shows source position i − before, folded back into the image.
    /// </summary>
    public static SourceAxis ForReflection(int source, int before, int after) =>
        new(source, Enumerable.Range(-before, before + source + after).Select(i => Reflect(i, source)));

    private static int Reflect(int position, int size)
    {
        int period = Math.Max(1, 2 * (size - 1));
        int within = ((position % period) + period) % period;
        return within < size ? within : period - within;
    }
}
