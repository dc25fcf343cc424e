using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// F(4×4, 3×3): 36 multiplications instead of 144.
/// <code>
///      ⎡1   0   −5/2   0   1  0⎤        ⎡  1     0     0 ⎤
///      ⎢0  −2a   −2    a   1  0⎥        ⎢−2/3  −2a/3 −1/3⎥        ⎡1   1    1    1    1   0⎤
/// Bᵀ = ⎢0   2a   −2   −a   1  0⎥    G = ⎢−2/3   2a/3 −1/3⎥   Aᵀ = ⎢0   a   −a    b   −b   0⎥
///      ⎢0  −b/2 −1/2   b   1  0⎥        ⎢ 1/6   b/6   1/3⎥        ⎢0  1/2  1/2   2    2   0⎥
///      ⎢0   b/2 −1/2  −b   1  0⎥        ⎢ 1/6  −b/6   1/3⎥        ⎣0  a/2 −a/2   2b  −2b  1⎦
///      ⎣0   1     0  −5/2  0  1⎦        ⎣  0     0     1 ⎦
/// </code>
/// The interpolation points are 0, ±a, ±b, ∞ with a = √½ and b = √2: numbers stay smaller on the way than with the
/// usual 1 and 2, and a quarter of their rounding is left.
/// </summary>
internal readonly unsafe struct WinogradTransform4 : IWinogradTransform
{
    private const float A = 0.70710678f;
    private const float B = 1.41421356f;

    public static int Result => 4;

    public static int Patch => 6;

    public static int Products => 36;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Source(float* d, nint step, float* to, nint toStep)
    {
        Vector256<float> d0 = Vector256.Load(d), d1 = Vector256.Load(d + step), d2 = Vector256.Load(d + (2 * step));
        Vector256<float> d3 = Vector256.Load(d + (3 * step)), d4 = Vector256.Load(d + (4 * step));
        Vector256<float> d5 = Vector256.Load(d + (5 * step));
        Vector256<float> middle = Vector256.Create(-2.5f);
        Vector256<float> two = Vector256.Create(-2f);
        Vector256<float> half = Vector256.Create(-0.5f);
        Vector256<float> even = Vector256.MultiplyAddEstimate(two, d2, d4);
        Vector256<float> odd = A * Vector256.MultiplyAddEstimate(two, d1, d3);
        Vector256<float> wideEven = Vector256.MultiplyAddEstimate(half, d2, d4);
        Vector256<float> wideOdd = B * Vector256.MultiplyAddEstimate(half, d1, d3);
        Vector256.MultiplyAddEstimate(middle, d2, d0 + d4).Store(to);
        (even + odd).Store(to + toStep);
        (even - odd).Store(to + (2 * toStep));
        (wideEven + wideOdd).Store(to + (3 * toStep));
        (wideEven - wideOdd).Store(to + (4 * toStep));
        Vector256.MultiplyAddEstimate(middle, d3, d1 + d5).Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(float* m, nint step, float* to, nint toStep)
    {
        Vector256<float> m1 = Vector256.Load(m + step), m2 = Vector256.Load(m + (2 * step));
        Vector256<float> m3 = Vector256.Load(m + (3 * step)), m4 = Vector256.Load(m + (4 * step));
        Vector256<float> sum = m1 + m2, difference = m1 - m2;
        Vector256<float> wideSum = m3 + m4, wideDifference = m3 - m4;
        (Vector256.Load(m) + sum + wideSum).Store(to);
        Vector256.MultiplyAddEstimate(Vector256.Create(B), wideDifference, A * difference).Store(to + toStep);
        Vector256.MultiplyAddEstimate(Vector256.Create(2f), wideSum, 0.5f * sum).Store(to + (2 * toStep));
        Vector256<float> last =
            Vector256.MultiplyAddEstimate(Vector256.Create(A / 2), difference, Vector256.Load(m + (5 * step)));
        Vector256.MultiplyAddEstimate(Vector256.Create(2 * B), wideDifference, last).Store(to + (3 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FinishGradient(float* y, nint step, float* to, nint toStep)
    {
        Vector256<float> y0 = Vector256.Load(y), y1 = Vector256.Load(y + step);
        Vector256<float> y2 = Vector256.Load(y + (2 * step)), y3 = Vector256.Load(y + (3 * step));
        Vector256<float> half = Vector256.Create(0.5f);
        Vector256<float> two = Vector256.Create(2f);
        Vector256<float> even = Vector256.MultiplyAddEstimate(half, y2, y0);
        Vector256<float> odd = A * Vector256.MultiplyAddEstimate(half, y3, y1);
        Vector256<float> wideEven = Vector256.MultiplyAddEstimate(two, y2, y0);
        Vector256<float> wideOdd = B * Vector256.MultiplyAddEstimate(two, y3, y1);
        y0.Store(to);
        (even + odd).Store(to + toStep);
        (even - odd).Store(to + (2 * toStep));
        (wideEven + wideOdd).Store(to + (3 * toStep));
        (wideEven - wideOdd).Store(to + (4 * toStep));
        y3.Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter(float* g, nint step, float* to, nint toStep)
    {
        Vector256<float> g0 = Vector256.Load(g), g1 = Vector256.Load(g + step), g2 = Vector256.Load(g + (2 * step));
        Vector256<float> third = Vector256.Create(1f / 3);
        Vector256<float> ends = Vector256.MultiplyAddEstimate(-third, g2, g0 * (-2f / 3));
        Vector256<float> middle = g1 * (-2 * A / 3);
        Vector256<float> wide = Vector256.MultiplyAddEstimate(third, g2, g0 * (1f / 6));
        Vector256<float> wideMiddle = g1 * (B / 6);
        g0.Store(to);
        (ends + middle).Store(to + toStep);
        (ends - middle).Store(to + (2 * toStep));
        (wide + wideMiddle).Store(to + (3 * toStep));
        (wide - wideMiddle).Store(to + (4 * toStep));
        g2.Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient(float* u, nint step, float* to, nint toStep)
    {
        Vector256<float> u1 = Vector256.Load(u + step), u2 = Vector256.Load(u + (2 * step));
        Vector256<float> u3 = Vector256.Load(u + (3 * step)), u4 = Vector256.Load(u + (4 * step));
        Vector256<float> sum = u1 + u2;
        Vector256<float> wideSum = u3 + u4;
        (Vector256.Load(u) - (sum * (2f / 3)) + (wideSum * (1f / 6))).Store(to);
        (((u2 - u1) * (2 * A / 3)) + ((u3 - u4) * (B / 6))).Store(to + toStep);
        (((wideSum - sum) * (1f / 3)) + Vector256.Load(u + (5 * step))).Store(to + (2 * toStep));
    }
}
