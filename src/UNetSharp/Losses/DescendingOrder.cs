using System.Runtime.CompilerServices;

namespace UNetSharp.Losses;

/// <summary>
/// Sorts numbers that are not negative in descending order, equal ones in the order in which they came: a radix sort by
/// the bytes of their bits, which are ordered as the numbers are. Linear time, no allocation.
/// </summary>
internal static unsafe class DescendingOrder
{
    private const int Digits = sizeof(uint);
    private const int Buckets = 256;
    private const int BitsPerDigit = 8;

    /// <summary>The key of a number: the greater the number, the smaller the key.</summary>
    public static uint GetKey(float value) => ~BitConverter.SingleToUInt32Bits(value);

    /// <summary>The number of a key.</summary>
    public static float GetValue(uint key) => BitConverter.UInt32BitsToSingle(~key);

    /// <summary>Sorts keys, and with each the value that belongs to it; the spare memory is as large.</summary>
    [SkipLocalsInit]
    public static void Sort(uint* keys, int* values, uint* spareKeys, int* spareValues, int count)
    {
        int* counts = stackalloc int[Digits * Buckets];
        new Span<int>(counts, Digits * Buckets).Clear();
        for (int i = 0; i < count; i++)
        {
            for (int digit = 0; digit < Digits; digit++)
            {
                counts[(digit * Buckets) + GetDigit(keys[i], digit)]++;
            }
        }

        // An even number of passes, so that the result is where the keys came from.
        for (int digit = 0; digit < Digits; digit++)
        {
            int* starts = counts + (digit * Buckets);
            ToStartIndices(starts);
            for (int i = 0; i < count; i++)
            {
                int to = starts[GetDigit(keys[i], digit)]++;
                (spareKeys[to], spareValues[to]) = (keys[i], values[i]);
            }

            uint* sortedKeys = spareKeys;
            int* sortedValues = spareValues;
            spareKeys = keys;
            spareValues = values;
            keys = sortedKeys;
            values = sortedValues;
        }
    }

    private static int GetDigit(uint key, int digit) => (int)(key >> (digit * BitsPerDigit)) & (Buckets - 1);

    private static void ToStartIndices(int* counts)
    {
        int start = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            (counts[bucket], start) = (start, start + counts[bucket]);
        }
    }
}
