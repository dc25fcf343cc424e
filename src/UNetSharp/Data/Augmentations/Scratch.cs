namespace UNetSharp.Data.Augmentations;

/// <summary>Arrays that are kept from sample to sample.</summary>
internal static class Scratch
{
    /// <summary>Makes an array long enough; what was in it is lost when it grows.</summary>
    public static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
