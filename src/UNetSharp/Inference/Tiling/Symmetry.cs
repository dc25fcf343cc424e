using UNetSharp.Data;

namespace UNetSharp.Inference.Tiling;

/// <summary>
/// One of the eight ways in which a square comes to lie on itself: pixel (y, x) goes to (x, y) if transposed, and then
/// rows and columns may run backward.
/// </summary>
internal readonly record struct Symmetry(bool IsTransposed, bool MirrorsRows, bool MirrorsColumns)
{
    /// <summary>The copies that are averaged; those that change the shape of an image come last.</summary>
    public static Symmetry[] FromAugmentation(TestTimeAugmentation augmentation)
    {
        bool[] ways = [false, true];
        return augmentation switch
        {
            TestTimeAugmentation.None => [default],
            TestTimeAugmentation.Flips => [.. All([false])],
            _ => [.. All(ways)],
        };

        IEnumerable<Symmetry> All(bool[] transposed) =>
            from isTransposed in transposed
            from mirrorsRows in ways
            from mirrorsColumns in ways
            select new Symmetry(isTransposed, mirrorsRows, mirrorsColumns);
    }

    /// <summary>The size of the image when it lies this way.</summary>
    public PictureSize TransformSize(PictureSize size) =>
        IsTransposed ? new PictureSize(size.Width, size.Height) : size;

    /// <summary>Lays an image this way.</summary>
    /// <param name="image">(height, width, channels).</param>
    /// <param name="size">Height and width.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="transformed">Takes the image as it lies then.</param>
    public void Apply(ReadOnlySpan<float> image, PictureSize size, int channels, Span<float> transformed)
    {
        for (int pixel = 0; pixel < size.Height * size.Width; pixel++)
        {
            image.Slice(pixel * channels, channels).CopyTo(transformed[(MapPixel(pixel, size) * channels)..]);
        }
    }

    /// <summary>Adds share · image, laid back.</summary>
    /// <param name="transformed">An image that lies this way.</param>
    /// <param name="size">Height and width of the upright one.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="share">What the values are multiplied by.</param>
    /// <param name="sums">The upright image that is added to.</param>
    public void AddInverse(
        ReadOnlySpan<float> transformed, PictureSize size, int channels, float share, Span<float> sums)
    {
        for (int pixel = 0; pixel < size.Height * size.Width; pixel++)
        {
            int from = MapPixel(pixel, size) * channels;
            for (int c = 0; c < channels; c++)
            {
                sums[(pixel * channels) + c] += share * transformed[from + c];
            }
        }
    }

    /// <summary>Where a pixel goes.</summary>
    private int MapPixel(int pixel, PictureSize size)
    {
        (int y, int x) = (pixel / size.Width, pixel % size.Width);
        PictureSize turned = TransformSize(size);
        (y, x) = IsTransposed ? (x, y) : (y, x);
        y = MirrorsRows ? turned.Height - 1 - y : y;
        x = MirrorsColumns ? turned.Width - 1 - x : x;
        return (y * turned.Width) + x;
    }
}
