using System.Globalization;

namespace UNetSharp.Data;

/// <summary>
/// What is white, where a picture's format does not say it, and how bright the pictures of a training were. Cameras use
/// 10, 12 or 14 of the 16 bits of their files, and floating point holds 0 to 1 or what had 8 or 16 bit before.
/// </summary>
/// <param name="White16">White in pictures of 16 bit; null if it is to be found in each picture.</param>
/// <param name="WhiteFloat">White in pictures of floating point; null if it is to be found in each picture.</param>
/// <param name="Darkest">Mean of the darkest picture of the training, where white is 1; null if none is known.</param>
/// <param name="Brightest">Mean of its brightest picture.</param>
public sealed record Brightness(
    float? White16 = null, float? WhiteFloat = null, double? Darkest = null, double? Brightest = null)
{
    // Interpolation overshoots: values a little above white are still a fraction of it.
    private const float MaxOvershoot = 2;

    // How much darker, or nearer to white, a picture's mean may be than that of any picture of the training.
    private const double FarOutside = 4;

    private static readonly int[] Depths = [8, 10, 12, 14, 16];

    /// <summary>White in all pictures, whatever their values.</summary>
    public static Brightness FromWhite(float white) => new(white, white);

    /// <summary>The brightness of the pictures of a training.</summary>
    /// <param name="pictures">Full scale of each picture's format, and its samples' range.</param>
    public static Brightness FromPictures(IReadOnlyCollection<(float FullScale, PictureRange Range)> pictures)
    {
        Brightness white = new(FindWhite(ushort.MaxValue), FindWhite(1));
        double[] means =
            [.. pictures.Select(picture => picture.Range.Mean / white.GetWhite(picture.FullScale, picture.Range.Max))];
        return means.Length == 0 ? white : white with { Darkest = means.Min(), Brightest = means.Max() };

        float? FindWhite(float fullScale)
        {
            float[] maxima =
                [.. pictures.Where(picture => picture.FullScale == fullScale).Select(picture => picture.Range.Max)];
            return maxima.Length == 0 ? null : GuessWhite(fullScale, maxima.Max());
        }
    }

    /// <summary>White in a picture.</summary>
    /// <param name="fullScale">Full scale of its format: 255, 65535, or 1 for floating point.</param>
    /// <param name="max">Its greatest sample.</param>
    public float GetWhite(float fullScale, float max) => fullScale switch
    {
        ushort.MaxValue => White16 ?? GuessWhite(fullScale, max),
        1 => WhiteFloat ?? GuessWhite(fullScale, max),
        _ => fullScale,
    };

    /// <summary>Whether white depends on the samples of a picture of such a format.</summary>
    public bool DependsOnSamples(float fullScale) =>
        fullScale switch { ushort.MaxValue => White16 is null, 1 => WhiteFloat is null, _ => false };

    /// <summary>What is assumed of a picture, or odd about it, a line each.</summary>
    /// <param name="fullScale">Full scale of its format.</param>
    /// <param name="range">Its samples' range.</param>
    public IEnumerable<string> FindNotes(float fullScale, PictureRange range)
    {
        float white = GetWhite(fullScale, range.Max);
        double mean = range.Mean / white;
        string max = Format(range.Max, "G6");
        if (range.NotFinite > 0)
        {
            yield return $"{range.NotFinite} of its values are no finite numbers (NaN or infinity); 0 stands for them";
        }

        if (range.Min < 0)
        {
            yield return $"its values go from {Format(range.Min, "G6")} to {max}, below 0, which is black";
        }

        if (DependsOnSamples(fullScale) && white != fullScale)
        {
            string bits = fullScale == 1 ? "" : $" of {fullScale}, {Math.Log2(white + 1)} of its 16 bits";
            yield return $"its values go up to {max}{bits}, so the range 0 to {white} is assumed";
        }
        else if (Darkest is null && fullScale == ushort.MaxValue && range.Max < fullScale / FarOutside)
        {
            yield return $"its values go up to {max} of {white} only; is the range 0 to {white} right?";
        }

        if (mean < Darkest / FarOutside || 1 - mean < (1 - Brightest) / FarOutside)
        {
            string how = mean < Darkest ? "darker" : "brighter";
            yield return $"is far {how} than what the network was trained on: its mean is {Format(mean, "P1")} of "
                + $"white, and that was {Format(Darkest!.Value, "P1")} to {Format(Brightest!.Value, "P1")}; is its "
                + "range another one?";
        }
    }

    private static float GuessWhite(float fullScale, float max)
    {
        if (fullScale == 1 && max <= MaxOvershoot)
        {
            return 1;
        }

        int depth = Depths.FirstOrDefault(bits => max <= (1 << bits) - 1, Depths[^1]);
        return fullScale == 1 && depth is > 8 and < 16 ? ushort.MaxValue : max <= 0 ? fullScale : (1 << depth) - 1;
    }

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
