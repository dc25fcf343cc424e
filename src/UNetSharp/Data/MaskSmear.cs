namespace UNetSharp.Data;

/// <summary>
/// Masks whose values are smeared: by JPEG, or by soft edges between two colours. A few values hold nearly all pixels;
/// the rest lies near one of them, or between two and is rare. Each pixel belongs to the nearest of the few.
/// </summary>
internal static class MaskSmear
{
    private const int LeastDistance = 40;
    private const int Near = 8;
    private const int NearIfLossy = 40;
    private const int MaxClasses = 32;
    private const double LeastShare = 0.002;
    private const double LeastNear = 0.85;
    private const int FewestSmeared = 3;

    /// <summary>The few values, in ascending order; empty if the masks are not smeared.</summary>
    public static IReadOnlyList<int> FindPure(IReadOnlyList<MaskValues> masks)
    {
        bool isLossy = masks.All(IsLossy);
        Dictionary<int, long> counts = [];
        foreach ((int value, long count) in masks.SelectMany(mask => mask.Counts))
        {
            counts[value] = counts.GetValueOrDefault(value) + count;
        }

        long pixels = counts.Values.Sum();
        List<(int Value, long Mass)> pure = [];
        foreach ((int value, _) in counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key))
        {
            if (pure.Any(other => Distance(other.Value, value) <= LeastDistance) || value is > byte.MaxValue
                and < MaskValues.ColorMark)
            {
                continue;
            }

            long mass = counts.Where(other => Distance(other.Key, value) <= LeastDistance / 2)
                .Sum(other => other.Value);
            if (mass < LeastShare * pixels || IsBetween(value, mass, pure, isLossy))
            {
                continue;
            }

            pure.Add((value, mass));
            if (pure.Count > MaxClasses)
            {
                return [];
            }
        }

        int near = isLossy ? NearIfLossy : Near;
        long close = counts.Where(count => pure.Any(value => Distance(value.Value, count.Key) <= near))
            .Sum(count => count.Value);
        return pure.Count >= 2 && counts.Count - pure.Count >= FewestSmeared && close >= LeastNear * pixels
            ? [.. pure.Select(value => value.Value).Order()]
            : [];
    }

    /// <summary>Whether a format loses values.</summary>
    public static bool IsLossy(MaskValues mask) =>
        Path.GetExtension(mask.Path).ToUpperInvariant() is ".JPG" or ".JPEG" or ".WEBP";

    /// <summary>The greatest difference of two values' red, green and blue.</summary>
    public static int Distance(int a, int b)
    {
        ((int r0, int g0, int b0), (int r1, int g1, int b1)) = (Split(a), Split(b));
        return Math.Max(Math.Abs(r0 - r1), Math.Max(Math.Abs(g0 - g1), Math.Abs(b0 - b1)));
    }

    private static (int Red, int Green, int Blue) Split(int value) => value < MaskValues.ColorMark
        ? (value, value, value)
        : ((value >> 16) & 255, (value >> 8) & 255, value & 255);

    /// <summary>Whether a rare value lies on the way from one pure value to another one.</summary>
    private static bool IsBetween(int value, long mass, List<(int Value, long Mass)> pure, bool isLossy)
    {
        int tolerance = isLossy ? NearIfLossy : Near;
        for (int i = 0; i < pure.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (2 * mass < Math.Min(pure[i].Mass, pure[j].Mass)
                    && OffLine(Split(value), Split(pure[i].Value), Split(pure[j].Value)) <= tolerance)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Distance of a colour from the line between two others.</summary>
    private static double OffLine(
        (int R, int G, int B) p, (int R, int G, int B) a, (int R, int G, int B) b)
    {
        (double x, double y, double z) = (b.R - a.R, b.G - a.G, b.B - a.B);
        double t = ((p.R - a.R) * x) + ((p.G - a.G) * y) + ((p.B - a.B) * z);
        t = Math.Clamp(t / ((x * x) + (y * y) + (z * z)), 0, 1);
        (double dx, double dy, double dz) = (p.R - a.R - (t * x), p.G - a.G - (t * y), p.B - a.B - (t * z));
        return Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
    }
}
