using UNetSharp.Data.Augmentations;

namespace UNetSharp.Inference.Tiling;

/// <summary>One axis of the picture, cut into tiles of one length; the picture's mirror image lies beyond its border.
/// <code>
///            ┌───────── input of tile i ────────┐
///            │ margin ┌──── its output ────┐     │       margins: what an unpadded network loses
///   ┄┄┄┄┄┄┄┄┄┴────────┴───────────────────┴─────┴┄┄┄
///             weights    ╱▔▔▔▔▔▔▔▔▔▔▔▔▔╲                where tiles overlap, Gaussians about their middles,
///                     ╱▔▔             ▔▔╲               divided by the sum over all tiles
/// </code>
/// An unpadded network's tiles abut: the overlap-tile strategy of Ronneberger, Fischer and Brox 2015, figure 2
/// (https://arxiv.org/abs/1505.04597). Padded networks see a false border at the end of a tile, so theirs overlap, and
/// count less towards the border: deviation 1/8 of the tile, as in nnU-Net (Isensee et al. 2021,
/// https://doi.org/10.1038/s41592-020-01008-z).
/// </summary>
internal sealed class TileAxis
{
    /// <summary>
    /// Tiles start at multiples of this from where the whole picture would start in the network: no network here
    /// halves an image more often than five times, so every pooling falls on the same pixels as for the whole picture.
    /// </summary>
    public const int Step = 32;

    private const double DeviationShare = 1.0 / 8;

    private readonly int _size;
    private readonly int[] _starts;
    private readonly float[][] _weights;

    private TileAxis(int size, int length, int inputLength, int[] starts)
    {
        (_size, OutputLength, InputLength, _starts) = (size, length, inputLength, starts);
        _weights = ComputeWeights(starts, length, size);
    }

    /// <summary>Number of tiles.</summary>
    public int Count => _starts.Length;

    /// <summary>Pixels of a tile's output.</summary>
    public int OutputLength { get; }

    /// <summary>Pixels of its input.</summary>
    public int InputLength { get; }

    /// <summary>Cuts an axis.</summary>
    /// <param name="size">Pixels of the picture.</param>
    /// <param name="side">Pixels of a tile's output, a multiple of <see cref="Step"/>; a shorter picture is one
    /// tile.</param>
    /// <param name="overlap">Pixels that neighbours share, a multiple of <see cref="Step"/>.</param>
    /// <param name="inputSide">Pixels of input for so many of output.</param>
    public static TileAxis Create(int size, int side, int overlap, Func<int, int> inputSide)
    {
        if (size <= side)
        {
            return new TileAxis(size, size, size, [0]); // the network itself mirrors a whole picture
        }

        int first = -Modulo(Margin(inputSide(size), size) - Margin(inputSide(side), side));
        int last = first + RoundUp(size - side - first);
        List<int> starts = [];
        for (int start = first; start < last; start += side - overlap)
        {
            starts.Add(start);
        }

        return new TileAxis(size, side, inputSide(side), [.. starts, last]);
    }

    /// <summary>The next multiple of <see cref="Step"/>.</summary>
    public static int RoundUp(int pixels) => (pixels + Step - 1) / Step * Step;

    /// <summary>Where in the picture a tile's result starts; above 0 or below, what lies outside is left out.</summary>
    public int GetStart(int tile) => _starts[tile];

    /// <summary>Weights of a tile's pixels; at each pixel of the picture those of all tiles add up to 1.</summary>
    public ReadOnlySpan<float> GetWeights(int tile) => _weights[tile];

    /// <summary>The pixel of the picture for each pixel of a tile's input.</summary>
    public int[] GetSourcePixels(int tile)
    {
        int start = _starts[tile] - Margin(InputLength, OutputLength);
        return [.. Enumerable.Range(start, InputLength).Select(position => MirroredBorder.Reflect(position, _size))];
    }

    /// <summary>The most pixels from the first to the last of one tile's input.</summary>
    public int MaxInputSpan() =>
        Enumerable.Range(0, Count).Max(tile => GetSourcePixels(tile).Max() - GetSourcePixels(tile).Min() + 1);

    private static int Margin(int inputLength, int length) => (inputLength - length) / 2;

    private static int Modulo(int number) => ((number % Step) + Step) % Step;

    private static float[][] ComputeWeights(int[] starts, int length, int size)
    {
        double deviation = DeviationShare * length;
        double[] bell =
        [
            .. Enumerable.Range(0, length)
                .Select(i => Math.Exp(-0.5 * Square((i + 0.5 - (length / 2.0)) / deviation))),
        ];
        double[] sums = new double[size];
        foreach (int start in starts)
        {
            for (int i = Math.Max(0, -start); i < length && start + i < size; i++)
            {
                sums[start + i] += bell[i];
            }
        }

        return
        [
            .. starts.Select(start => bell.Select(
                (value, i) => start + i >= 0 && start + i < size ? (float)(value / sums[start + i]) : 0).ToArray()),
        ];
    }

    private static double Square(double value) => value * value;
}
