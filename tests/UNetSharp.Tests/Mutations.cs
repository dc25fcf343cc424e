using System.Buffers.Binary;
using System.Diagnostics;

namespace UNetSharp.Tests;

/// <summary>
/// Files that are almost right: valid ones, changed by a seeded hand in the ways in which readers break. They may be
/// read or refused, within limits of time and memory.
/// </summary>
internal static class Mutations
{
    private const long MaxBytes = 512L << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    // What counters, sizes and places turn out wrong at.
    private static readonly long[] Extremes =
        [0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue];

    private static readonly string[] Numbers =
        ["0", "-1", "4294967296", "9223372036854775807", "1e99", "99999999999999999999"];

    /// <summary>How many files a test makes of each; the variable is for longer runs by hand.</summary>
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("UNET_MUTATIONS"), out int count) ? count : 60;

    /// <summary>Changed files, the same for the same seed.</summary>
    public static IEnumerable<byte[]> Generate(byte[] file, int seed)
    {
        for (int i = 0; i < Count; i++)
        {
            Random random = new((seed * 1_000_003) + i);
            byte[] changed = [.. file];
            for (int changes = random.Next(1, 4); changes > 0 && changed.Length > 0; changes--)
            {
                changed = Changed(changed, random);
            }

            yield return changed;
        }
    }

    /// <summary>What reading throws, if it does, within the limits.</summary>
    public static Exception? Failure(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        Exception? failure = Record.Exception(read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, MaxTime);
        return failure;
    }

    /// <summary>Asserts that a refusal, if it is one, is one line that begins with the file's name.</summary>
    public static void AssertOneLine<TException>(Exception? failure, string name)
        where TException : Exception
    {
        if (failure is not null)
        {
            Assert.True(failure is TException, $"{failure}");
            Assert.StartsWith(name, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(failure.Message, char.IsControl);
            Assert.True(failure.Message.Length <= name.Length + 600, failure.Message);
        }
    }

    private static byte[] Changed(byte[] file, Random random)
    {
        // Most of what can be misread stands in the header.
        int end = random.Next(2) == 0 ? file.Length : Math.Min(file.Length, 128);
        int place = random.Next(end);
        int length = random.Next(1, Math.Min(64, file.Length - place) + 1);
        switch (random.Next(8))
        {
            case 0:
                file[place] = (byte)random.Next(256);
                return file;
            case 1:
                file[place] ^= (byte)(1 << random.Next(8));
                return file;
            case 2:
                return file[..place];
            case 3:
                return [.. file[..place], .. file[(place + length)..]];
            case 4:
                return [.. file[..place], .. file[place..(place + length)], .. file[place..]];
            case 5:
                random.NextBytes(file.AsSpan(place, Math.Min(8, file.Length - place)));
                return file;
            case 6:
                return WithNumber(file, place, random);
            default:
                WriteExtreme(file, place, random);
                return file;
        }
    }

    /// <summary>A number of 2, 4 or 8 bytes in either order becomes an extreme one.</summary>
    private static void WriteExtreme(byte[] file, int place, Random random)
    {
        byte[] bytes = new byte[8];
        long value = Extremes[random.Next(Extremes.Length)];
        int count = Math.Min(2 << random.Next(3), file.Length - place);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Span<byte> number = bytes.AsSpan(0, count);
        if (random.Next(2) == 0)
        {
            number.Reverse();
        }

        number.CopyTo(file.AsSpan(place));
    }

    /// <summary>A number that is written in digits becomes an extreme one.</summary>
    private static byte[] WithNumber(byte[] file, int place, Random random)
    {
        int start = Array.FindIndex(file, place, value => char.IsAsciiDigit((char)value));
        if (start < 0)
        {
            return file;
        }

        int end = Array.FindIndex(file, start, value => !char.IsAsciiDigit((char)value));
        byte[] number = System.Text.Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]);
        return [.. file[..start], .. number, .. file[(end < 0 ? file.Length : end)..]];
    }
}
