using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Blur by a Gaussian: weights e^(−k² / 2σ²) up to 3σ that add up to 1, first along rows, then along columns, mirrored
/// at the border.
/// </summary>
internal sealed class GaussianBlur
{
    private const float RadiusInDeviations = 3;

    // Below it the neighbours' weight is less than 1e-21.
    private const float MinDeviation = 0.1f;
    private float[] _weights = [];
    private float[] _row = [];
    private float[] _image = [];

    /// <summary>Blurs an image in place.</summary>
    public void Apply(Span<float> image, PictureSize size, int channels, float deviation)
    {
        if (deviation < MinDeviation)
        {
            return;
        }

        int reach = (int)MathF.Ceiling(RadiusInDeviations * deviation);
        ReadOnlySpan<float> weights = ComputeWeights(deviation, reach);
        int rowLength = size.Width * channels;
        Scratch.Grow(ref _row, rowLength + (2 * reach * channels));
        Scratch.Grow(ref _image, image.Length);
        Span<float> across = _image.AsSpan(0, image.Length);
        across.Clear();
        for (int i = 0; i < size.Height; i++)
        {
            ReadOnlySpan<float> padded = PadRow(image.Slice(i * rowLength, rowLength), size.Width, channels, reach);
            Span<float> result = across.Slice(i * rowLength, rowLength);
            for (int k = 0; k < weights.Length; k++)
            {
                AddScaled(weights[k], padded.Slice(k * channels, rowLength), result);
            }
        }

        image.Clear();
        for (int i = 0; i < size.Height; i++)
        {
            Span<float> result = image.Slice(i * rowLength, rowLength);
            for (int k = 0; k < weights.Length; k++)
            {
                int row = MirroredBorder.Reflect(i + k - reach, size.Height);
                AddScaled(weights[k], across.Slice(row * rowLength, rowLength), result);
            }
        }
    }

    private ReadOnlySpan<float> ComputeWeights(float deviation, int radius)
    {
        Scratch.Grow(ref _weights, (2 * radius) + 1);
        Span<float> weights = _weights.AsSpan(0, (2 * radius) + 1);
        float sum = 0;
        for (int k = -radius; k <= radius; k++)
        {
            weights[k + radius] = MathF.Exp(-k * k / (2 * deviation * deviation));
            sum += weights[k + radius];
        }

        foreach (ref float weight in weights)
        {
            weight /= sum;
        }

        return weights;
    }

    /// <summary>A row with its mirrored surroundings.</summary>
    private ReadOnlySpan<float> PadRow(ReadOnlySpan<float> row, int width, int channels, int radius)
    {
        Span<float> padded = _row.AsSpan(0, row.Length + (2 * radius * channels));
        row.CopyTo(padded[(radius * channels)..]);
        for (int k = 1; k <= radius; k++)
        {
            int before = MirroredBorder.Reflect(-k, width) * channels;
            int after = MirroredBorder.Reflect(width - 1 + k, width) * channels;
            row.Slice(before, channels).CopyTo(padded[((radius - k) * channels)..]);
            row.Slice(after, channels).CopyTo(padded[((radius + width - 1 + k) * channels)..]);
        }

        return padded;
    }

    /// <summary>y ← y + a·x.</summary>
    private static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        ref float firstX = ref MemoryMarshal.GetReference(x);
        ref float firstY = ref MemoryMarshal.GetReference(y[..x.Length]);
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.LoadUnsafe(ref firstY, (nuint)i)
                + (Vector256.LoadUnsafe(ref firstX, (nuint)i) * a);
            sum.StoreUnsafe(ref firstY, (nuint)i);
        }

        for (; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }
}
