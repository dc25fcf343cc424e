using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace UNetSharp.Cpu;

/// <summary>Asks for memory before it is needed, where the processor can be asked; changes no result.</summary>
internal static unsafe class Prefetch
{
    private const int LineFloats = 16;

    /// <summary>Fetches some floats of each of count places, which lie a step apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(float* start, nint step, int count, int floats)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < count; i++, start += step)
            {
                for (int c = 0; c < floats; c += LineFloats)
                {
                    Sse.Prefetch0(start + c);
                }
            }
        }
    }
}
