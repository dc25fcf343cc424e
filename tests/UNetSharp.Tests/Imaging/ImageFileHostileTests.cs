using System.Buffers.Binary;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

/// <summary>Image files that somebody has changed: read or refused in one line, in little time and memory.</summary>
public class ImageFileHostileTests
{
    // A header may claim as much as the limit; this one keeps the test quick.
    private const long MaxSamples = 16 << 20;
    private const int PngMarkBytes = 8;

    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Path.GetDirectoryName(Fixtures.GetPath("grey8.png"))!).Select(Path.GetFileName)
            .OfType<string>().Where(
                name => !name.EndsWith(".py", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_changed_file_never_does_more_than_be_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixtures.GetPath(name));
        foreach (byte[] changed in Mutations.Generate(whole, seed: name.Sum(letter => letter)))
        {
            AssertHarmless(changed);
            if (name.EndsWith(".png", StringComparison.Ordinal))
            {
                // Past the check sums, which stop nobody who means it.
                AssertHarmless(WithCheckSums(changed));
            }
        }
    }

    [Theory]
    [InlineData("grey8.png", 16, 4)] // width and height in IHDR
    [InlineData("noise.bmp", 18, 4)]
    [InlineData("noise.webp", 21, 2)] // the lossless header
    public void A_header_that_claims_the_largest_image_is_refused_before_memory_is_taken(
        string name, int place, int bytes)
    {
        byte[] file = File.ReadAllBytes(Fixtures.GetPath(name));
        file.AsSpan(place, 2 * bytes).Fill(0x7F);
        byte[] claiming = name.EndsWith(".png", StringComparison.Ordinal) ? WithCheckSums(file) : file;

        Exception? failure = Mutations.Failure(() => ImageFile.Decode(claiming, "claiming"));

        Assert.NotNull(failure);
        Mutations.AssertOneLine<DataException>(failure, "claiming");
    }

    private static void AssertHarmless(byte[] file) => Mutations.AssertOneLine<DataException>(
        Mutations.Failure(() => ImageFile.Decode(file, "changed", MaxSamples)), "changed");

    /// <summary>A PNG whose chunks, as far as there are some, have the check sums of what they hold now.</summary>
    private static byte[] WithCheckSums(byte[] png)
    {
        byte[] repaired = [.. png];
        long place = PngMarkBytes;
        while (place + 12 <= repaired.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(repaired.AsSpan((int)place));
            long end = place + 8 + length;
            if (end + 4 > repaired.Length)
            {
                break;
            }

            uint sum = CheckSum(repaired.AsSpan((int)place + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(repaired.AsSpan((int)end), sum);
            place = end + 4;
        }

        return repaired;
    }

    /// <summary>CRC-32 of ISO 3309, bit by bit.</summary>
    private static uint CheckSum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
            }
        }

        return ~sum;
    }
}
