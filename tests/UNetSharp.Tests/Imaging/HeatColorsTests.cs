using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

/// <summary>The colours of heat maps in CIELAB, to which they are converted back.</summary>
public sealed class HeatColorsTests
{
    private const int Steps = 15;

    private static readonly (double L, double A, double B)[] Colors =
        [.. Enumerable.Range(0, Steps + 1).Select(i => ToLab(HeatColors.FromValue((float)i / Steps)))];

    [Fact]
    public void Equal_steps_look_equal()
    {
        double[] distances = [.. Colors.Zip(Colors.Skip(1), Distance)];

        Assert.All(distances, distance => Assert.InRange(distance / distances.Average(), 0.92, 1.08));
    }

    [Fact]
    public void Lightness_only_rises_so_that_the_order_is_seen_without_colours()
    {
        Assert.All(Colors.Zip(Colors.Skip(1)), pair => Assert.True(pair.Second.L > pair.First.L + 2, $"{pair}"));
        Assert.InRange(Colors[0].L, 11, 13);
        Assert.InRange(Colors[^1].L, 91, 93);
    }

    private static double Distance((double L, double A, double B) a, (double L, double A, double B) b) =>
        Math.Sqrt(Math.Pow(a.L - b.L, 2) + Math.Pow(a.A - b.A, 2) + Math.Pow(a.B - b.B, 2));

    private static (double L, double A, double B) ToLab((byte R, byte G, byte B) color)
    {
        (double r, double g, double b) = (Linear(color.R), Linear(color.G), Linear(color.B));
        double x = Root(((0.4124564 * r) + (0.3575761 * g) + (0.1804375 * b)) / 0.95047);
        double y = Root((0.2126729 * r) + (0.7151522 * g) + (0.0721750 * b));
        double z = Root(((0.0193339 * r) + (0.1191920 * g) + (0.9503041 * b)) / 1.08883);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double Linear(byte value) =>
        value / 255.0 <= 0.04045 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);

    private static double Root(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : ((24389 / 27.0 * t) + 16) / 116;
}
