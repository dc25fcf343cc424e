namespace UNetSharp.Graph;

/// <summary>
/// How a sliding window moves along one axis of an image (PyTorch's terms): kernel size, stride, zero padding on both
/// ends, and dilation, the distance between neighbouring taps.
/// </summary>
public readonly record struct Axis(int Kernel, int Stride = 1, int Padding = 0, int Dilation = 1)
{
    /// <summary>Pixels from the first to the last tap, inclusive.</summary>
    public int Extent => (Dilation * (Kernel - 1)) + 1;

    /// <summary>Number of window positions over <paramref name="size"/> pixels; below 1 when the window does not fit.
    /// </summary>
    public int CountPositions(int size) =>
        ((size + (2 * Padding) - Extent) / Stride) + (size + (2 * Padding) < Extent ? 0 : 1);

    /// <summary>Pixels that a transposed convolution makes out of <paramref name="size"/> pixels.</summary>
    public int TransposedSize(int size, int outputPadding) =>
        ((size - 1) * Stride) - (2 * Padding) + Extent + outputPadding;

    /// <summary>
    /// Taps of a transposed convolution that reach a result pixel, those outside of the source included, summed over
    /// the
    /// <paramref name="size"/> pixels of the result.
    /// </summary>
    public long TransposedTaps(int size)
    {
        long taps = 0;
        for (int start = 0; start < Math.Min(Stride, size); start++)
        {
            int pixels = ((size - 1 - start) / Stride) + 1;
            for (int tap = 0; tap < Kernel; tap++)
            {
                taps += (start + Padding - (tap * Dilation)) % Stride == 0 ? pixels : 0;
            }
        }

        return taps;
    }
}
