namespace UNetSharp.Imaging;

/// <summary>
/// Colours for numbers from 0 to 1: dark blue, purple, red, orange, light yellow. In CIELAB (CIE 1976, white point D65)
/// they lie on a curve of the third degree along which lightness only rises, from 12 to 92, and are set out at equal
/// distances ΔE, so that equal steps of the number look equal (the demands of Nuñez, Anderton and Renslow 2018,
/// https://doi.org/10.1371/journal.pone.0199239). As lightness alone gives the order, colour-blind people read it as
/// well.
/// </summary>
internal static class HeatColors
{
    private const int Count = 256;
    private const int Fine = 4096;

    // Bézier points: lightness, green to red, blue to yellow. All of the curve is within sRGB.
    private static readonly (double L, double A, double B)[] Points =
        [(12, 22, -40), (38.7, 66, -44), (65.3, 34, 62), (92, -14, 70)];

    private static readonly (byte R, byte G, byte B)[] Table = CreateTable();

    /// <summary>The colour of a number from 0 to 1.</summary>
    public static (byte R, byte G, byte B) FromValue(float value) => Table[(int)MathF.Round(value * (Count - 1))];

    /// <summary>Walks along the curve and notes the colour after every 255th of its length.</summary>
    private static (byte R, byte G, byte B)[] CreateTable()
    {
        double[] lengths = new double[Fine + 1];
        for (int i = 1; i <= Fine; i++)
        {
            (double l, double a, double b) = GetCurvePoint((double)i / Fine);
            (double lastL, double lastA, double lastB) = GetCurvePoint((i - 1.0) / Fine);
            lengths[i] = lengths[i - 1]
                + Math.Sqrt(((l - lastL) * (l - lastL)) + ((a - lastA) * (a - lastA)) + ((b - lastB) * (b - lastB)));
        }

        var table = new (byte R, byte G, byte B)[Count];
        int place = 0;
        for (int i = 0; i < Count; i++)
        {
            while (place < Fine && lengths[place] < lengths[Fine] * i / (Count - 1))
            {
                place++;
            }

            table[i] = ToSrgb(GetCurvePoint((double)place / Fine));
        }

        return table;
    }

    private static (double L, double A, double B) GetCurvePoint(double t)
    {
        double s = 1 - t;
        double[] shares = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
        return (
            shares.Zip(Points, (share, point) => share * point.L).Sum(),
            shares.Zip(Points, (share, point) => share * point.A).Sum(),
            shares.Zip(Points, (share, point) => share * point.B).Sum());
    }

    /// <summary>CIELAB to XYZ, and by the matrix and the curve of IEC 61966-2-1 to sRGB.</summary>
    private static (byte R, byte G, byte B) ToSrgb((double L, double A, double B) lab)
    {
        double f = (lab.L + 16) / 116;
        (double x, double y) = (0.95047 * Cube(f + (lab.A / 500)), Cube(f));
        double z = 1.08883 * Cube(f - (lab.B / 200));
        return (
            EncodeGamma((3.2404542 * x) - (1.5371385 * y) - (0.4985314 * z)),
            EncodeGamma((-0.9692660 * x) + (1.8760108 * y) + (0.0415560 * z)),
            EncodeGamma((0.0556434 * x) - (0.2040259 * y) + (1.0572252 * z)));
    }

    private static double Cube(double f)
    {
        const double Bend = 6.0 / 29;
        return f > Bend ? f * f * f : 3 * Bend * Bend * (f - (4.0 / 29));
    }

    private static byte EncodeGamma(double linear)
    {
        double value = linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055;
        return (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
    }
}
