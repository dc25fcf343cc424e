using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace UNetSharp.Cpu;

/// <summary>Turns rows into columns.</summary>
internal static unsafe class Transposition
{
    private const int Size = 8;
    private const byte LowPairs = 0x44;
    private const byte HighPairs = 0xEE;
    private const byte LowHalves = 0x20;
    private const byte HighHalves = 0x31;

    /// <summary>to[i][j] = from[j][i] for 8×8 values; rows lie a step apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eight(float* from, nint fromStep, float* to, nint toStep)
    {
        if (Avx.IsSupported)
        {
            EightAtOnce(from, fromStep, to, toStep);
            return;
        }

        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                to[(i * toStep) + j] = from[(j * fromStep) + i];
            }
        }
    }

    private static void EightAtOnce(float* from, nint fromStep, float* to, nint toStep)
    {
        (Vector256<float> a0, Vector256<float> a1, Vector256<float> a2, Vector256<float> a3) = Four(from, fromStep);
        (Vector256<float> b0, Vector256<float> b1, Vector256<float> b2, Vector256<float> b3) =
            Four(from + (4 * fromStep), fromStep);
        Avx.Permute2x128(a0, b0, LowHalves).Store(to);
        Avx.Permute2x128(a1, b1, LowHalves).Store(to + toStep);
        Avx.Permute2x128(a2, b2, LowHalves).Store(to + (2 * toStep));
        Avx.Permute2x128(a3, b3, LowHalves).Store(to + (3 * toStep));
        Avx.Permute2x128(a0, b0, HighHalves).Store(to + (4 * toStep));
        Avx.Permute2x128(a1, b1, HighHalves).Store(to + (5 * toStep));
        Avx.Permute2x128(a2, b2, HighHalves).Store(to + (6 * toStep));
        Avx.Permute2x128(a3, b3, HighHalves).Store(to + (7 * toStep));
    }

    /// <summary>Columns 0 to 3 of four rows in the low halves, and columns 4 to 7 in the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> C0, Vector256<float> C1, Vector256<float> C2, Vector256<float> C3) Four(
        float* from, nint step)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + step);
        Vector256<float> r2 = Vector256.Load(from + (2 * step)), r3 = Vector256.Load(from + (3 * step));
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        return (
            Avx.Shuffle(low01, low23, LowPairs),
            Avx.Shuffle(low01, low23, HighPairs),
            Avx.Shuffle(high01, high23, LowPairs),
            Avx.Shuffle(high01, high23, HighPairs));
    }
}
