namespace UNetSharp.Cpu;

/// <summary>
/// Scratch memory on the stack begins anywhere; vectors that cross from one line of the cache into the next are read
/// and written in two steps.
/// </summary>
internal static unsafe class CacheLine
{
    /// <summary>Floats of a line, which <see cref="Align"/> may skip.</summary>
    public const int Floats = 16;

    private const nuint Bytes = Floats * sizeof(float);

    /// <summary>The first place from here on where a line begins.</summary>
    public static float* Align(float* memory) => (float*)(((nuint)memory + Bytes - 1) & ~(Bytes - 1));
}
