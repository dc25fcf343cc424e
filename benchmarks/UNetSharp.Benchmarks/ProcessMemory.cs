using System.Diagnostics;
using System.Globalization;

namespace UNetSharp.Benchmarks;

/// <summary>Memory of this process.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";
    private const string Peak = "VmHWM:";

    /// <summary>The most memory that the process has had at once.</summary>
    public static long PeakBytes()
    {
        if (!File.Exists(Status))
        {
            return Process.GetCurrentProcess().PeakWorkingSet64;
        }

        string line = File.ReadLines(Status).Single(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Peak.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
