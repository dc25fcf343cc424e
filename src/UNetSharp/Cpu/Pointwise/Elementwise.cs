using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Pointwise;

/// <summary>A function of two values and a constant, for eight lanes at a time.</summary>
internal interface IElementwise
{
    /// <summary>The function.</summary>
    static abstract Vector256<float> Apply(Vector256<float> a, Vector256<float> b, float constant);
}

/// <summary>
/// y[i] = f(a[i], b[i], constant), or y[i] += … where the result is added. A block is a run of pixels. Runs of
/// values without gaps are taken whole; else every pixel's channels are a run.
/// </summary>
internal readonly unsafe struct Elementwise<TFunction>(View a, View b, View y, float constant, bool adds) : IJob
    where TFunction : struct, IElementwise
{
    private const int BlockFloats = 16384;

    private int BlockPixels => Math.Max(1, BlockFloats / y.Channels);

    /// <summary>Computes y; all views have one shape.</summary>
    public static void Execute(Workers workers, View a, View b, View y, float constant = 0, bool adds = false)
    {
        var job = new Elementwise<TFunction>(a, b, y, constant, adds);
        workers.Execute((y.Pixels + job.BlockPixels - 1) / job.BlockPixels, job);
    }

    /// <summary>Computes one block.</summary>
    public void Execute(int block, int worker)
    {
        long first = (long)block * BlockPixels;
        int pixels = (int)Math.Min(BlockPixels, y.Pixels - first);
        if (a.IsDense && b.IsDense && y.IsDense)
        {
            Span(a.Pixel(first), b.Pixel(first), y.Pixel(first), pixels * y.Channels, constant, adds);
            return;
        }

        for (long p = first; p < first + pixels; p++)
        {
            Span(a.Pixel(p), b.Pixel(p), y.Pixel(p), y.Channels, constant, adds);
        }
    }

    private static void Span(float* a, float* b, float* y, int count, float constant, bool adds)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Step(a + i, b + i, y + i, constant, adds);
        }

        if (i < count)
        {
            Tail(a + i, b + i, y + i, count - i, constant, adds);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float* a, float* b, float* y, float constant, bool adds)
    {
        Vector256<float> value = TFunction.Apply(Vector256.Load(a), Vector256.Load(b), constant);
        (adds ? value + Vector256.Load(y) : value).Store(y);
    }

    /// <summary>Fewer than eight values, by way of whole vectors on the stack.</summary>
    private static void Tail(float* a, float* b, float* y, int count, float constant, bool adds)
    {
        float* lanes = stackalloc float[3 * Vector256<float>.Count];
        float* a8 = lanes, b8 = lanes + 8, y8 = lanes + 16;
        for (int i = 0; i < count; i++)
        {
            (a8[i], b8[i], y8[i]) = (a[i], b[i], y[i]);
        }

        Step(a8, b8, y8, constant, adds);
        for (int i = 0; i < count; i++)
        {
            y[i] = y8[i];
        }
    }
}
