using UNetSharp.Tensors;

namespace UNetSharp.Benchmarks;

/// <summary>PyTorch's order of images, channel by channel, and ours, pixel by pixel.</summary>
internal static class ChannelPlanes
{
    public static Tensor ToTensor(Shape shape, ReadOnlySpan<float> planes)
    {
        Tensor tensor = new(shape);
        for (int i = 0; i < planes.Length; i++)
        {
            tensor.Data[GetIndex(shape, i)] = planes[i];
        }

        return tensor;
    }

    public static float[] FromPixels(Shape shape, ReadOnlySpan<float> pixels)
    {
        float[] planes = new float[pixels.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            planes[i] = pixels[GetIndex(shape, i)];
        }

        return planes;
    }

    private static int GetIndex(Shape shape, int index)
    {
        int pixels = shape.H * shape.W;
        (int plane, int pixel) = Math.DivRem(index, pixels);
        (int image, int channel) = Math.DivRem(plane, shape.C);
        return (((image * pixels) + pixel) * shape.C) + channel;
    }
}
