using UNetSharp.Data.Rows;

namespace UNetSharp.Imaging;

/// <summary>The range of brightness that is shown; one that is narrow is stretched for the eye.</summary>
/// <param name="Low">The value that becomes black.</param>
/// <param name="High">The value that becomes white.</param>
internal readonly record struct Contrast(float Low, float High)
{
    // Shares of darkest and brightest samples that are let go.
    private const double CutShare = 0.002;

    // Samples are distinguished to 16 bit.
    private const int MaxValue = ushort.MaxValue;

    /// <summary>The range of samples between 0 and their full scale.</summary>
    public static Contrast FromSamples(float[] samples, float fullScale)
    {
        Histogram histogram = new(fullScale);
        histogram.Add(samples);
        return histogram.Range();
    }

    /// <summary>The range of all rows of a picture.</summary>
    public static Contrast FromRows(RowSource picture)
    {
        Histogram histogram = new(picture.FullScale);
        float[] row = new float[picture.RowLength];
        for (int i = 0; i < picture.Size.Height; i++)
        {
            picture.ReadRow(row);
            histogram.Add(row);
        }

        return histogram.Range();
    }

    /// <summary>Grey or colour samples as 8-bit RGB.</summary>
    public byte[] ToRgb(float[] samples, int channels)
    {
        byte[] rgb = new byte[samples.Length / channels * 3];
        ToRgb(samples, channels, rgb);
        return rgb;
    }

    /// <summary>Grey or colour samples as 8-bit RGB.</summary>
    public void ToRgb(ReadOnlySpan<float> samples, int channels, Span<byte> rgb)
    {
        for (int i = 0; i < rgb.Length; i++)
        {
            float value = samples[(i / 3 * channels) + (channels >= 3 ? i % 3 : 0)];
            rgb[i] = (byte)Math.Clamp(MathF.Round((value - Low) / (High - Low) * 255), 0, 255);
        }
    }

    /// <summary>How often samples occur, distinguished to 16 bit, and one sample of each kind.</summary>
    private sealed class Histogram(float fullScale)
    {
        private readonly long[] _counts = new long[MaxValue + 1];
        private readonly float[] _samples = new float[MaxValue + 1];

        public void Add(ReadOnlySpan<float> samples)
        {
            foreach (float sample in samples)
            {
                int value = (int)MathF.Round(Math.Clamp(sample / fullScale, 0, 1) * MaxValue);
                _counts[value]++;
                _samples[value] = sample;
            }
        }

        public Contrast Range()
        {
            long cut = (long)(_counts.Sum() * CutShare);
            int low = 0;
            for (long below = _counts[0]; below <= cut; below += _counts[low])
            {
                low++;
            }

            int high = MaxValue;
            for (long above = _counts[MaxValue]; above <= cut; above += _counts[high])
            {
                high--;
            }

            bool isNarrow = _samples[high] - _samples[low] < 0.5f * fullScale && high > low;
            return isNarrow ? new Contrast(_samples[low], _samples[high]) : new Contrast(0, fullScale);
        }
    }
}
