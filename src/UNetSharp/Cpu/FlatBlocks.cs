using UNetSharp.Execution;

namespace UNetSharp.Cpu;

/// <summary>
/// How a loop over a flat vector, such as those of a <see cref="ParameterStore"/>, is cut into blocks for the workers.
/// </summary>
internal static class FlatBlocks
{
    /// <summary>Floats of a block.</summary>
    public const int Floats = 16384;

    /// <summary>Number of blocks of a vector.</summary>
    public static int Count(int floats) => (floats + Floats - 1) / Floats;

    /// <summary>The floats of a block.</summary>
    /// <param name="block">Number of the block.</param>
    /// <param name="floats">Floats of the whole vector.</param>
    public static (int Start, int End) Range(int block, int floats) =>
        (block * Floats, Math.Min(floats, (block + 1) * Floats));
}
