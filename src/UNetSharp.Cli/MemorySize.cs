using System.Globalization;

namespace UNetSharp.Cli;

/// <summary>Amounts of memory as people write them: 512MB, 1.5GB; a kilobyte is 1024 bytes.</summary>
internal static class MemorySize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Bytes that neither this program nor others use, within the limits that are set for this one.</summary>
    public static long Free()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
    }

    /// <summary>Reads an option.</summary>
    /// <exception cref="UsageException">It is no amount of memory.</exception>
    public static long Parse(string text, string option)
    {
        string number = text.TrimEnd('B', 'b', 'K', 'k', 'M', 'm', 'G', 'g', 'T', 't');
        string unit = text[number.Length..].ToUpperInvariant();
        int power = unit is "" ? 0 : Array.FindIndex(Units, name => name == unit || name == unit + "B");
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        bool isNumber = double.TryParse(number, Plain, CultureInfo.InvariantCulture, out double value);
        double bytes = value * Math.Pow(1024, power);
        return isNumber && power >= 0 && bytes < long.MaxValue
            ? (long)bytes
            : throw new UsageException($"{option} {text}: give an amount of memory, such as 512MB or 1GB; 0 is none.");
    }

    /// <summary>An amount for people.</summary>
    public static string Text(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
