using System.Globalization;

namespace UNetSharp.Workflows;

/// <summary>Amounts of memory as people write them: 512MB, 1.5GB; a kilobyte is 1024 bytes.</summary>
public static class MemorySize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Bytes that neither this program nor others use, within the limits that are set for this one.</summary>
    public static long GetFreeBytes()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
    }

    /// <summary>Reads an amount of memory.</summary>
    /// <param name="text">A number, and a unit if it is not bytes.</param>
    /// <param name="bytes">The amount; 0 if it is none.</param>
    /// <returns>Whether it is an amount of memory.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        string number = text.TrimEnd('B', 'b', 'K', 'k', 'M', 'm', 'G', 'g', 'T', 't');
        string unit = text[number.Length..].ToUpperInvariant();
        int power = unit is "" ? 0 : Array.FindIndex(Units, name => name == unit || name == unit + "B");
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint;
        bool isNumber = double.TryParse(number, Plain, CultureInfo.InvariantCulture, out double value);
        double amount = value * Math.Pow(1024, power);
        bool isAmount = isNumber && power >= 0 && amount < long.MaxValue;
        bytes = isAmount ? (long)amount : 0;
        return isAmount;
    }

    /// <summary>An amount for people, such as 1.5 GB.</summary>
    public static string Format(long bytes)
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
