namespace UNetSharp.Imaging.Rows;

/// <summary>
/// The checksum of PNG's chunks: remainder by x³² + x²⁶ + … + 1, bits in reverse (PNG specification, annex D).
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(ComputeRemainder)];

    /// <summary>Takes more bytes into a sum that starts with all bits set; the checksum is its complement.</summary>
    public static uint Continue(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            sum = Remainders[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return sum;
    }

    private static uint ComputeRemainder(int value)
    {
        uint remainder = (uint)value;
        for (int bit = 0; bit < 8; bit++)
        {
            remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? Polynomial : 0);
        }

        return remainder;
    }
}
