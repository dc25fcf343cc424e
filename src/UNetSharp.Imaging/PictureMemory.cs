using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>
/// How much memory one picture may take where it is read whole. A small file can hold a picture of any size, so what is
/// too large is refused by its header, before anything is decoded.
/// </summary>
public static class PictureMemory
{
    // As it is decoded, as floats, and what is computed and written of it.
    private const long BytesPerSample = 16;

    private static long _limit = FindShare();

    /// <summary>
    /// The limit in bytes: half of what neither this program nor others used when it started, unless it is set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to none.</exception>
    public static long Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Volatile.Write(ref _limit, value);
        }
    }

    private static long FindShare()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return Math.Max(1 << 20, (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / 2);
    }

    /// <summary>Refuses what is too large.</summary>
    /// <exception cref="DataException">The picture takes more than the limit.</exception>
    internal static void Require(string name, int width, int height, int channels)
    {
        const double Megabyte = 1 << 20;
        double bytes = (double)width * height * channels * BytesPerSample;
        if (bytes > Limit)
        {
            throw new DataException(FormattableString.Invariant(
                $"{name}: {width}x{height} pixels take about {bytes / Megabyte:n0} MB where they are read whole, and ")
                + FormattableString.Invariant(
                    $"{Limit / Megabyte:n0} MB may be used. Allow more memory, or make the picture smaller; ")
                + "prediction reads PNG, JPEG and TIFF of any size in parts.")
            {
                Settings = ["Memory"],
            };
        }
    }
}
