using UNetSharp.Data;
using UNetSharp.Metrics;

namespace UNetSharp.Inference.Explanation;

/// <summary>The pixels of a picture whose result is to be explained: their logits are summed.</summary>
public sealed class Region
{
    private readonly byte[] _mask;

    private Region(PictureSize size, byte[] mask) => (Size, _mask) = (size, mask);

    /// <summary>Height and width of the picture.</summary>
    public PictureSize Size { get; }

    /// <summary>Height × width pixels, row by row: 1 for those of the region, 0 for others.</summary>
    public ReadOnlySpan<byte> Mask => _mask;

    /// <summary>Every pixel of a picture.</summary>
    public static Region All(PictureSize size) => FromPredicate(size, _ => true);

    /// <summary>One pixel.</summary>
    /// <param name="size">Size of the picture.</param>
    /// <param name="x">Column, the leftmost is 0.</param>
    /// <param name="y">Row, the uppermost is 0.</param>
    /// <exception cref="DataException">The pixel is outside of the picture.</exception>
    public static Region FromPixel(PictureSize size, int x, int y)
    {
        int place = GetPixelIndex(size, x, y);
        return FromPredicate(size, i => i == place);
    }

    /// <summary>The connected pixels of one class, those that share a side or a corner, around one of them.</summary>
    /// <param name="classes">The predicted class of every pixel.</param>
    /// <param name="size">Size of the picture.</param>
    /// <param name="k">The class.</param>
    /// <param name="x">Column of a pixel of the component.</param>
    /// <param name="y">Row of that pixel.</param>
    /// <exception cref="DataException">The pixel is outside of the picture, or of another class.</exception>
    public static Region FromComponent(ReadOnlySpan<byte> classes, PictureSize size, int k, int x, int y)
    {
        int place = GetPixelIndex(size, x, y);
        if (classes[place] != k)
        {
            throw new DataException($"The network finds class {classes[place]} at pixel {x},{y} and not class {k}, so "
                + "there is no object of that class to explain. Choose a pixel in one, or explain the pixel alone.");
        }

        byte[] mask = new byte[classes.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(classes[i] == k ? 1 : 0);
        }

        int[] labels = ConnectedComponents.Label(mask, size, Connectivity.Eight).Labels;
        return FromPredicate(size, i => labels[i] == labels[place]);
    }

    /// <summary>The pixels of a mask that are not zero.</summary>
    /// <param name="mask">A picture of the same size as the one to explain.</param>
    /// <exception cref="DataException">All are zero.</exception>
    public static Region FromMask(Picture mask)
    {
        Region region = FromPredicate(
            new PictureSize(mask.Height, mask.Width),
            i => mask.Samples.AsSpan(i * mask.Channels, mask.Channels).ContainsAnyExcept(0f));
        return region._mask.Contains((byte)1)
            ? region
            : throw new DataException("The mask marks no pixel: all its values are 0. Mark what is to be explained.");
    }

    /// <summary>
    /// How much each pixel counts where the picture is seen in another size: 1 inside, 0 outside, in between at the
    /// border.
    /// </summary>
    internal float[] ComputeWeights(PictureSize size) =>
        Resampling.ResizeAntialiased(Array.ConvertAll(_mask, value => (float)value), Size, size, channels: 1);

    private static Region FromPredicate(PictureSize size, Predicate<int> isInside)
    {
        byte[] mask = new byte[size.Height * size.Width];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(isInside(i) ? 1 : 0);
        }

        return new Region(size, mask);
    }

    private static int GetPixelIndex(PictureSize size, int x, int y) =>
        x >= 0 && x < size.Width && y >= 0 && y < size.Height
            ? (y * size.Width) + x
            : throw new DataException(
                $"Pixel {x},{y} is outside of the picture of {size} pixels; columns and rows count from 0.");
}
