namespace UNetSharp.Data;

/// <summary>Between which values the samples of a picture lie; those that are no finite numbers count as 0.</summary>
/// <param name="Min">The least sample.</param>
/// <param name="Max">The greatest sample.</param>
/// <param name="Mean">The mean of all samples.</param>
/// <param name="NotFinite">Samples that are no finite numbers.</param>
public readonly record struct PictureRange(float Min, float Max, double Mean, long NotFinite)
{
    /// <summary>Measures a picture in memory.</summary>
    public static PictureRange Measure(ReadOnlySpan<float> samples)
    {
        PictureRangeMeter meter = new();
        meter.Add(samples);
        return meter.Range;
    }
}

/// <summary>Measures a picture whose rows come one after another.</summary>
internal sealed class PictureRangeMeter
{
    private float _min = float.PositiveInfinity;
    private float _max = float.NegativeInfinity;
    private double _sum;
    private long _count;
    private long _notFinite;

    /// <summary>What the samples so far are between.</summary>
    public PictureRange Range => _count == 0 ? default : new PictureRange(_min, _max, _sum / _count, _notFinite);

    /// <summary>Adds samples.</summary>
    public void Add(ReadOnlySpan<float> samples)
    {
        (float min, float max, float sum) = (_min, _max, 0);
        foreach (float sample in samples)
        {
            float value = float.IsFinite(sample) ? sample : 0;
            _notFinite += float.IsFinite(sample) ? 0 : 1;
            min = MathF.Min(min, value);
            max = MathF.Max(max, value);
            sum += value;
        }

        (_min, _max) = (min, max);
        _sum += sum;
        _count += samples.Length;
    }
}
