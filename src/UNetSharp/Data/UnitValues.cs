using System.Numerics;
using System.Runtime.CompilerServices;

namespace UNetSharp.Data;

/// <summary>Samples of pixels, of whatever number type, as values from 0 to 1.</summary>
internal static class UnitValues
{
    /// <summary>
    /// Divides by the value of full brightness. Colour becomes grey by its luma (Rec. 601), grey is repeated,
    /// transparency is dropped. What is no finite number is 0: one such sample would blacken all that the network sees
    /// around it.
    /// </summary>
    /// <param name="samples">Samples, the channels of a pixel together.</param>
    /// <param name="channels">Samples of a pixel: 1 for grey, 3 for red, green, blue, 4 with transparency; any number,
    /// if it is the target's.</param>
    /// <param name="fullScale">The value of full brightness.</param>
    /// <param name="unit">The values, those of a pixel together.</param>
    /// <param name="targetChannels">Values of a pixel.</param>
    public static void Convert<T>(
        ReadOnlySpan<T> samples, int channels, float fullScale, Span<float> unit, int targetChannels)
        where T : INumberBase<T>
    {
        if (channels == targetChannels)
        {
            for (int i = 0; i < unit.Length; i++)
            {
                // Not times 1 / 255, so that values are those of Python to the last bit.
                unit[i] = ToFloat(samples[i]) / fullScale;
            }

            return;
        }

        for (int i = 0; i < unit.Length / targetChannels; i++)
        {
            ReadOnlySpan<T> from = samples.Slice(i * channels, channels);
            Span<float> to = unit.Slice(i * targetChannels, targetChannels);
            for (int c = 0; c < targetChannels; c++)
            {
                float value = channels == 1 ? ToFloat(from[0])
                    : targetChannels == 1 ? Luma(from)
                    : ToFloat(from[c]);
                to[c] = value / fullScale;
            }
        }
    }

    private static float Luma<T>(ReadOnlySpan<T> color)
        where T : INumberBase<T> =>
        color.Length < 3
            ? ToFloat(color[0])
            : (0.299f * ToFloat(color[0])) + (0.587f * ToFloat(color[1])) + (0.114f * ToFloat(color[2]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ToFloat<T>(T sample)
        where T : INumberBase<T>
    {
        float value = float.CreateTruncating(sample);
        return typeof(T) != typeof(float) || float.IsFinite(value) ? value : 0;
    }
}
