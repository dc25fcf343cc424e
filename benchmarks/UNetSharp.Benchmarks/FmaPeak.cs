using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Benchmarks;

/// <summary>
/// The machine's peak in float32: independent fused multiply-adds on values that stay in registers, on all threads at
/// once. What a direct convolution could do at the very best.
/// </summary>
internal static class FmaPeak
{
    private const int Rounds = 20_000_000; // some 30 ms
    private const int Chains = 10;
    private const int FlopsPerRound = Chains * 8 * 2;

    /// <summary>GFLOP/s of so many threads, now: other work on the machine makes it less.</summary>
    public static double Measure(int threads)
    {
        var clock = Stopwatch.StartNew();
        Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Sink(Multiply())))];
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        return (double)threads * Rounds * FlopsPerRound / clock.Elapsed.TotalSeconds / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Multiply()
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            i = Vector256.MultiplyAddEstimate(i, x, y);
            j = Vector256.MultiplyAddEstimate(j, x, y);
        }

        return a + b + c + d + e + f + g + h + i + j;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sink(Vector256<float> value) => _ = value;
}
