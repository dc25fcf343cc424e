using System.Runtime.InteropServices;

namespace UNetSharp.Graph;

/// <summary>
/// One axis of an operation whose result pixels are copies of source pixels: which source pixel each result pixel
/// reads, and, for backward, which result pixels read each source pixel.
/// </summary>
internal sealed unsafe class SourceAxis
{
    private readonly int[] _sources;
    private readonly int[] _starts;
    private readonly int[] _readers;

    private SourceAxis(int size, IEnumerable<int> sources)
    {
        _sources = Pinned(sources);
        _readers = Pinned(Enumerable.Range(0, _sources.Length).OrderBy(result => _sources[result]));
        _starts = Pinned(new int[size + 1]);
        foreach (int source in _sources)
        {
            _starts[source + 1]++;
        }

        for (int source = 0; source < size; source++)
        {
            _starts[source + 1] += _starts[source];
        }
    }

    /// <summary>Number of result pixels.</summary>
    public int Count => _sources.Length;

    /// <summary>Source pixel of each result pixel.</summary>
    public int* Sources => Address(_sources);

    /// <summary>
    /// Where the readers of each source pixel start in <see cref="Readers"/>, and where the last end.
    /// </summary>
    public int* Starts => Address(_starts);

    /// <summary>Result pixels in the order of the source pixels that they read.</summary>
    public int* Readers => Address(_readers);

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

    private static int[] Pinned(IEnumerable<int> values)
    {
        int[] array = [.. values];
        int[] pinned = GC.AllocateUninitializedArray<int>(array.Length, pinned: true);
        array.CopyTo(pinned, 0);
        return pinned;
    }

    private static int* Address(int[] pinned) => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
