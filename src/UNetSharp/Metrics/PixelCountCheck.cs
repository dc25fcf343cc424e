using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>Checks that arrays have the size of their picture.</summary>
internal static class PixelCountCheck
{
    /// <summary>Refuses an array that is not of the size.</summary>
    public static void RequireSize(PictureSize size, int length, string what)
    {
        if (size.Height < 0 || size.Width < 0 || length != (long)size.Height * size.Width)
        {
            throw new ArgumentException($"The {what} of a picture of {size} has {length} pixels.");
        }
    }

    /// <summary>Refuses arrays that are not of one size.</summary>
    public static void RequireSameLength(int truth, int prediction)
    {
        if (truth != prediction)
        {
            throw new ArgumentException(
                $"Truth and prediction are of one size, but have {truth} and {prediction} pixels.");
        }
    }
}
