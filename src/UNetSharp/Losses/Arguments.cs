using System.Runtime.CompilerServices;

namespace UNetSharp.Losses;

/// <summary>Checks of the numbers that losses are made with.</summary>
internal static class Arguments
{
    /// <summary>Refuses what is negative, infinite or no number.</summary>
    public static void ThrowIfNotAtLeastZero(float value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value is not (>= 0 and < float.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(name, value, "The number must be finite and at least 0.");
        }
    }

    /// <summary>Refuses lists in which anything is negative, infinite or no number.</summary>
    public static void ThrowIfNotAtLeastZero(
        IEnumerable<float>? values, [CallerArgumentExpression(nameof(values))] string? name = null)
    {
        foreach (float value in values ?? [])
        {
            ThrowIfNotAtLeastZero(value, name);
        }
    }
}
