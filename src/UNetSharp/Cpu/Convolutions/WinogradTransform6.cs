using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// F(6×6, 3×3): 64 multiplications instead of 324.
/// <code>
///      ⎡1   0   −21/4    0    21/4    0   −1  0⎤      ⎡  1      0      0  ⎤
///      ⎢0   1     1   −17/4  −17/4    1    1  0⎥      ⎢−2/9   −2/9   −2/9 ⎥      ⎡1  1   1   1    1    1     1   0⎤
///      ⎢0  −1     1    17/4  −17/4   −1    1  0⎥      ⎢−2/9    2/9   −2/9 ⎥      ⎢0  1  −1   2   −2   1/2  −1/2  0⎥
/// Bᵀ = ⎢0  1/2   1/4   −5/2   −5/4    2    1  0⎥  G = ⎢ 1/90   1/45   2/45⎥ Aᵀ = ⎢0  1   1   4    4   1/4   1/4  0⎥
///      ⎢0 −1/2   1/4    5/2   −5/4   −2    1  0⎥      ⎢ 1/90  −1/45   2/45⎥      ⎢0  1  −1   8   −8   1/8  −1/8  0⎥
///      ⎢0   2     4    −5/2    −5   1/2    1  0⎥      ⎢32/45  16/45   8/45⎥      ⎢0  1   1  16   16  1/16  1/16  0⎥
///      ⎢0  −2     4     5/2    −5  −1/2    1  0⎥      ⎢32/45 −16/45   8/45⎥      ⎣0  1  −1  32  −32  1/32 −1/32  1⎦
///      ⎣0  −1     0    21/4     0  −21/4   0  1⎦      ⎣  0      0      1  ⎦
/// </code>
/// The interpolation points are 0, ±1, ±2, ±½, ∞. Its rounding is some four times that of
/// <see cref="WinogradTransform4"/>.
/// </summary>
internal readonly unsafe struct WinogradTransform6 : IWinogradTransform
{
    public static int Result => 6;

    public static int Patch => 8;

    public static int Products => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Source(float* d, nint step, float* to, nint toStep)
    {
        Vector256<float> d1 = Vector256.Load(d + step), d2 = Vector256.Load(d + (2 * step));
        Vector256<float> d3 = Vector256.Load(d + (3 * step)), d4 = Vector256.Load(d + (4 * step));
        Vector256<float> d5 = Vector256.Load(d + (5 * step)), d6 = Vector256.Load(d + (6 * step));
        Vector256<float> ends = Vector256.Create(5.25f);
        MultiplyAdd(ends, d4 - d2, Vector256.Load(d) - d6).Store(to);
        MultiplyAdd(ends, d3 - d5, Vector256.Load(d + (7 * step)) - d1).Store(to + (7 * toStep));

        Vector256<float> one = Vector256.Create(-4.25f);
        StoreBoth(MultiplyAdd(one, d4, d2 + d6), MultiplyAdd(one, d3, d1 + d5), to + toStep, toStep);

        Vector256<float> middle = d3 * -2.5f;
        Vector256<float> even = MultiplyAdd(Vector256.Create(0.25f), d2, MultiplyAdd(Vector256.Create(-1.25f), d4, d6));
        Vector256<float> odd = MultiplyAdd(Vector256.Create(0.5f), d1, MultiplyAdd(Vector256.Create(2f), d5, middle));
        StoreBoth(even, odd, to + (3 * toStep), toStep);

        even = MultiplyAdd(Vector256.Create(4f), d2, MultiplyAdd(Vector256.Create(-5f), d4, d6));
        odd = MultiplyAdd(Vector256.Create(2f), d1, MultiplyAdd(Vector256.Create(0.5f), d5, middle));
        StoreBoth(even, odd, to + (5 * toStep), toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(float* m, nint step, float* to, nint toStep)
    {
        Vector256<float> sum1 = Vector256.Load(m + step), other = Vector256.Load(m + (2 * step));
        Vector256<float> difference1 = sum1 - other;
        sum1 += other;
        Vector256<float> sum2 = Vector256.Load(m + (3 * step));
        other = Vector256.Load(m + (4 * step));
        Vector256<float> difference2 = sum2 - other;
        sum2 += other;
        Vector256<float> sum3 = Vector256.Load(m + (5 * step));
        other = Vector256.Load(m + (6 * step));
        Vector256<float> difference3 = sum3 - other;
        sum3 += other;
        (Vector256.Load(m) + sum1 + (sum2 + sum3)).Store(to);
        Sum(difference1, 2, difference2, 1f / 2, difference3).Store(to + toStep);
        Sum(sum1, 4, sum2, 1f / 4, sum3).Store(to + (2 * toStep));
        Sum(difference1, 8, difference2, 1f / 8, difference3).Store(to + (3 * toStep));
        Sum(sum1, 16, sum2, 1f / 16, sum3).Store(to + (4 * toStep));
        Vector256<float> last = Vector256.Load(m + (7 * step)) + difference1;
        Sum(last, 32, difference2, 1f / 32, difference3).Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FinishGradient(float* y, nint step, float* to, nint toStep)
    {
        Vector256<float> y0 = Vector256.Load(y), y1 = Vector256.Load(y + step), y2 = Vector256.Load(y + (2 * step));
        Vector256<float> y3 = Vector256.Load(y + (3 * step)), y4 = Vector256.Load(y + (4 * step));
        Vector256<float> y5 = Vector256.Load(y + (5 * step));
        y0.Store(to);
        StoreBoth(y0 + y2 + y4, y1 + y3 + y5, to + toStep, toStep);
        StoreBoth(Sum(y0, 4, y2, 16, y4), 2 * Sum(y1, 4, y3, 16, y5), to + (3 * toStep), toStep);
        StoreBoth(Sum(y0, 1f / 4, y2, 1f / 16, y4), 0.5f * Sum(y1, 1f / 4, y3, 1f / 16, y5), to + (5 * toStep), toStep);
        y5.Store(to + (7 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter(float* g, nint step, float* to, nint toStep)
    {
        Vector256<float> g0 = Vector256.Load(g), g1 = Vector256.Load(g + step), g2 = Vector256.Load(g + (2 * step));
        g0.Store(to);
        StoreBoth((g0 + g2) * (-2f / 9), g1 * (-2f / 9), to + toStep, toStep);
        StoreBoth(
            MultiplyAdd(Vector256.Create(2f / 45), g2, g0 * (1f / 90)), g1 * (1f / 45), to + (3 * toStep), toStep);
        StoreBoth(
            MultiplyAdd(Vector256.Create(8f / 45), g2, g0 * (32f / 45)), g1 * (16f / 45), to + (5 * toStep), toStep);
        g2.Store(to + (7 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient(float* u, nint step, float* to, nint toStep)
    {
        Vector256<float> u1 = Vector256.Load(u + step), u2 = Vector256.Load(u + (2 * step));
        Vector256<float> u3 = Vector256.Load(u + (3 * step)), u4 = Vector256.Load(u + (4 * step));
        Vector256<float> u5 = Vector256.Load(u + (5 * step)), u6 = Vector256.Load(u + (6 * step));
        Vector256<float> sum1 = (u1 + u2) * (-2f / 9), sum2 = u3 + u4, sum3 = u5 + u6;
        Sum(Vector256.Load(u) + sum1, 1f / 90, sum2, 32f / 45, sum3).Store(to);
        Sum((u1 - u2) * (-2f / 9), 1f / 45, u3 - u4, 16f / 45, u5 - u6).Store(to + toStep);
        Sum(Vector256.Load(u + (7 * step)) + sum1, 2f / 45, sum2, 8f / 45, sum3).Store(to + (2 * toStep));
    }

    private static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    /// <summary>x + a·y + b·z.</summary>
    private static Vector256<float> Sum(Vector256<float> x, float a, Vector256<float> y, float b, Vector256<float> z) =>
        MultiplyAdd(Vector256.Create(b), z, MultiplyAdd(Vector256.Create(a), y, x));

    /// <summary>Sum and difference.</summary>
    private static void StoreBoth(Vector256<float> even, Vector256<float> odd, float* to, nint step)
    {
        (even + odd).Store(to);
        (even - odd).Store(to + step);
    }
}
