using System.Numerics;

namespace UNetSharp.Data;

/// <summary>Samples of pixels, of whatever number type, as values from 0 to 1.</summary>
internal static class UnitValues
{
    /// <summary>
    /// Divides by the value of full brightness. Colour becomes grey by its luma (Rec. 601), grey is repeated, transparency is
    /// dropped.
    /// </summary>
    /// <param name="samples">Samples, the channels of a pixel together.</param>
    /// <param name="channels">Samples of a pixel: 1 for grey, 3 for red, green, blue, 4 with transparency.</param>
    /// <param name="fullScale">The value of full brightness.</param>
    /// <param name="unit">The values, those of a pixel together.</param>
    /// <param name="wanted">Values of a pixel.</param>
    public static void Of<T>(ReadOnlySpan<T> samples, int channels, float fullScale, Span<float> unit, int wanted)
        where T : INumberBase<T>
    {
        if (channels == wanted)
        {
            for (int i = 0; i < unit.Length; i++)
            {
                // Not times 1 / 255, so that values are those of Python to the last bit.
                unit[i] = float.CreateTruncating(samples[i]) / fullScale;
            }

            return;
        }

        for (int i = 0; i < unit.Length / wanted; i++)
        {
            ReadOnlySpan<T> from = samples.Slice(i * channels, channels);
            Span<float> to = unit.Slice(i * wanted, wanted);
            for (int c = 0; c < wanted; c++)
            {
                float value = channels == 1 ? float.CreateTruncating(from[0])
                    : wanted == 1 ? Luma(from)
                    : float.CreateTruncating(from[c]);
                to[c] = value / fullScale;
            }
        }
    }

    private static float Luma<T>(ReadOnlySpan<T> color)
        where T : INumberBase<T> =>
        (0.299f * float.CreateTruncating(color[0])) + (0.587f * float.CreateTruncating(color[1]))
        + (0.114f * float.CreateTruncating(color[2]));
}
