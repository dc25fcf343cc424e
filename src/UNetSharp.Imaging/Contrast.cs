namespace UNetSharp.Imaging;

/// <summary>The range of brightness that is shown; one that is narrow is stretched for the eye.</summary>
/// <param name="Low">The value that becomes black.</param>
/// <param name="High">The value that becomes white.</param>
internal readonly record struct Contrast(float Low, float High)
{
    // Shares of darkest and brightest samples that are let go.
    private const double CutShare = 0.002;

    /// <summary>The range of samples between 0 and their full scale.</summary>
    public static Contrast Of(float[] samples, float fullScale)
    {
        float[] sorted = [.. samples];
        Array.Sort(sorted);
        int cut = (int)(sorted.Length * CutShare);
        (float low, float high) = (sorted[cut], sorted[^(cut + 1)]);
        bool isNarrow = high - low < 0.5f * fullScale && high > low;
        return isNarrow ? new Contrast(low, high) : new Contrast(0, fullScale);
    }

    /// <summary>Grey or colour samples as 8-bit RGB.</summary>
    public byte[] Display(float[] samples, int channels)
    {
        byte[] rgb = new byte[samples.Length / channels * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            float value = samples[(i / 3 * channels) + (channels == 3 ? i % 3 : 0)];
            rgb[i] = (byte)Math.Clamp(MathF.Round((value - Low) / (High - Low) * 255), 0, 255);
        }

        return rgb;
    }
}
