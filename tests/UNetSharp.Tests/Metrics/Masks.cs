using UNetSharp.Data;

namespace UNetSharp.Tests.Metrics;

/// <summary>Masks for tests.</summary>
internal static class Masks
{
    /// <summary>A mask drawn in rows of equal length: # and digits above 0 are foreground.</summary>
    public static (byte[] Mask, PictureSize Size) Draw(params string[] rows) =>
        ([.. string.Concat(rows).Select(ValueOf)], new PictureSize(rows.Length, rows[0].Length));

    /// <summary>A mask as it would be drawn.</summary>
    public static string[] Rows(byte[] mask, PictureSize size) =>
        [.. mask.Chunk(size.Width).Select(row => string.Concat(row.Select(value => value == 0 ? '.' : '#')))];

    /// <summary>Random pixels, so many of them foreground; the same seed gives the same ones.</summary>
    public static byte[] Random(PictureSize size, double share, int seed)
    {
        Random random = new(seed);
        byte[] mask = new byte[size.Height * size.Width];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(random.NextDouble() < share ? 1 : 0);
        }

        return mask;
    }

    /// <summary>Random squares of 2 × 2 to 5 × 5 pixels that may overlap: wider than random pixels.</summary>
    public static byte[] Squares(PictureSize size, int count, int seed)
    {
        Random random = new(seed);
        byte[] mask = new byte[size.Height * size.Width];
        for (int square = 0; square < count; square++)
        {
            (int top, int left, int side) = (random.Next(size.Height), random.Next(size.Width), random.Next(2, 6));
            for (int row = top; row < Math.Min(size.Height, top + side); row++)
            {
                int end = Math.Min(size.Width, left + side);
                mask.AsSpan((row * size.Width) + left, end - left).Fill(1);
            }
        }

        return mask;
    }

    /// <summary>1 where the mask is 0.</summary>
    public static byte[] Inverse(byte[] mask) => [.. mask.Select(value => (byte)(value == 0 ? 1 : 0))];

    private static byte ValueOf(char c) => c == '#' ? (byte)1 : c == '.' ? (byte)0 : (byte)(c - '0');
}
