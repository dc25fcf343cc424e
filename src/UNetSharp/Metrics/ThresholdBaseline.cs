using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// The simplest segmenter there is: one grey threshold for all images, foreground above it or below it. What a network
/// is worth shows against it.
/// </summary>
/// <param name="Threshold">Grey value in 0..1.</param>
/// <param name="IsForegroundBright">Whether foreground is what is brighter.</param>
public sealed record ThresholdBaseline(float Threshold, bool IsForegroundBright)
{
    private const int Levels = 256;
    private static readonly bool[] Sides = [true, false];

    /// <summary>The threshold and side with the best Dice over all pixels of the samples.</summary>
    /// <param name="samples">Grey samples with masks of 0 and 1.</param>
    public static ThresholdBaseline Fit(IEnumerable<Sample> samples)
    {
        long[] background = new long[Levels];
        long[] foreground = new long[Levels];
        foreach (Sample sample in samples)
        {
            for (int i = 0; i < sample.Mask.Length; i++)
            {
                int level = Math.Clamp((int)(sample.Image[i] * Levels), 0, Levels - 1);
                (sample.Mask[i] == 0 ? background : foreground)[level]++;
            }
        }

        return (from level in Enumerable.Range(1, Levels - 1)
                from isBright in Sides
                orderby Dice(background, foreground, level, isBright) descending
                select new ThresholdBaseline((float)level / Levels, isBright)).First();
    }

    /// <summary>1 for every pixel on the foreground's side of the threshold.</summary>
    public byte[] Predict(Sample sample) =>
        [.. sample.Image.Select(value => (byte)((value >= Threshold) == IsForegroundBright ? 1 : 0))];

    private static double Dice(long[] background, long[] foreground, int level, bool isBright)
    {
        Range side = isBright ? level.. : ..level;
        long truePositives = foreground[side].Sum();
        long predicted = truePositives + background[side].Sum();
        return 2.0 * truePositives / Math.Max(1, predicted + foreground.Sum());
    }
}
