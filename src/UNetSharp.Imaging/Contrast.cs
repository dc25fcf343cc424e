using UNetSharp.Data.Rows;

namespace UNetSharp.Imaging;

/// <summary>The range of brightness that is shown; one that is narrow is stretched for the eye.</summary>
/// <param name="Low">The value that becomes black.</param>
/// <param name="High">The value that becomes white.</param>
internal readonly record struct Contrast(float Low, float High)
{
    // Shares of darkest and brightest samples that are let go.
    private const double CutShare = 0.002;

    // Samples are told apart to 16 bit.
    private const int MostValue = ushort.MaxValue;

    /// <summary>The range of samples between 0 and their full scale.</summary>
    public static Contrast Of(float[] samples, float fullScale)
    {
        long[] counts = new long[MostValue + 1];
        Count(samples, fullScale, counts);
        return Of(counts, fullScale);
    }

    /// <summary>The range of all rows of a picture.</summary>
    public static Contrast Of(RowSource picture)
    {
        long[] counts = new long[MostValue + 1];
        float[] row = new float[picture.RowLength];
        for (int i = 0; i < picture.Size.Height; i++)
        {
            picture.ReadRow(row);
            Count(row, picture.FullScale, counts);
        }

        return Of(counts, picture.FullScale);
    }

    /// <summary>Grey or colour samples as 8-bit RGB.</summary>
    public byte[] Display(float[] samples, int channels)
    {
        byte[] rgb = new byte[samples.Length / channels * 3];
        Display(samples, channels, rgb);
        return rgb;
    }

    /// <summary>Grey or colour samples as 8-bit RGB.</summary>
    public void Display(ReadOnlySpan<float> samples, int channels, Span<byte> rgb)
    {
        for (int i = 0; i < rgb.Length; i++)
        {
            float value = samples[(i / 3 * channels) + (channels == 3 ? i % 3 : 0)];
            rgb[i] = (byte)Math.Clamp(MathF.Round((value - Low) / (High - Low) * 255), 0, 255);
        }
    }

    private static void Count(ReadOnlySpan<float> samples, float fullScale, long[] counts)
    {
        foreach (float sample in samples)
        {
            counts[(int)MathF.Round(Math.Clamp(sample / fullScale, 0, 1) * MostValue)]++;
        }
    }

    private static Contrast Of(long[] counts, float fullScale)
    {
        long cut = (long)(counts.Sum() * CutShare);
        int low = 0;
        for (long below = counts[0]; below <= cut; below += counts[low])
        {
            low++;
        }

        int high = MostValue;
        for (long above = counts[MostValue]; above <= cut; above += counts[high])
        {
            high--;
        }

        bool isNarrow = high - low < 0.5f * MostValue && high > low;
        return isNarrow
            ? new Contrast(low * fullScale / MostValue, high * fullScale / MostValue)
            : new Contrast(0, fullScale);
    }
}
