using UNetSharp.Tensors;

namespace UNetSharp.Data;

/// <summary>An image as a network sees it, and the class of every pixel.</summary>
/// <param name="Name">Name of the pair.</param>
/// <param name="Size">Height and width of both.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Image">Values in 0..1, (height, width, channels).</param>
/// <param name="Mask">Class indices, (height, width); for one foreground class 0 and 1.</param>
public sealed record Sample(string Name, PictureSize Size, int Channels, float[] Image, byte[] Mask)
{
    /// <summary>
    /// Writes a part of the sample as item <paramref name="n"/> of a batch. What a crop needs beyond the border is
    /// mirrored at it.
    /// </summary>
    internal void CopyTo(Tensor images, Tensor masks, int n, Placement placement)
    {
        Shape shape = images.Shape;
        Span<float> image = images.Data.Slice(n * shape.H * shape.W * Channels, shape.H * shape.W * Channels);
        Span<float> mask = masks.Data.Slice(n * shape.H * shape.W, shape.H * shape.W);
        for (int i = 0; i < shape.H; i++)
        {
            int row = Mirrored(placement.Top + (placement.FlipVertically ? shape.H - 1 - i : i), Size.Height);
            for (int j = 0; j < shape.W; j++)
            {
                int column = Mirrored(placement.Left + (placement.FlipHorizontally ? shape.W - 1 - j : j), Size.Width);
                int from = (row * Size.Width) + column;
                int to = (i * shape.W) + j;
                Image.AsSpan(from * Channels, Channels).CopyTo(image[(to * Channels)..]);
                mask[to] = Mask[from];
            }
        }
    }

    /// <summary>A position beyond the border, reflected at the outermost pixel: … 2 1 0 1 2 ….</summary>
    internal static int Mirrored(int position, int size)
    {
        if (size == 1)
        {
            return 0;
        }

        int period = 2 * (size - 1);
        int within = ((position % period) + period) % period;
        return within < size ? within : period - within;
    }
}

/// <summary>Which part of a sample goes into a batch, and whether it is flipped.</summary>
internal readonly record struct Placement(int Top, int Left, bool FlipHorizontally, bool FlipVertically);
