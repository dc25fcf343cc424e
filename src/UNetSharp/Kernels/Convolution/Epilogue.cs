using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// What a convolution does to a finished sum while it is still in the cache: add a bias, then the leaky rectifier
/// y = max(x, 0) + slope · min(x, 0). A slope of 1 leaves values as they are, 0 is ReLU. The bias may be null and is
/// padded to whole panels.
/// </summary>
internal readonly unsafe struct Epilogue(float* bias, float slope)
{
    /// <summary>Leaves sums as they are.</summary>
    public static Epilogue None => new(null, 1);

    /// <summary>Slope of the rectifier where sums are negative.</summary>
    public float Slope => slope;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsIdentity => bias == null && slope == 1;

    /// <summary>Finishes 16 channels of one pixel, of which <paramref name="column"/> is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(float* y, int column)
    {
        Vector256<float> low = Vector256.Load(y);
        Vector256<float> high = Vector256.Load(y + 8);
        if (bias != null)
        {
            low += Vector256.Load(bias + column);
            high += Vector256.Load(bias + column + 8);
        }

        Rectify(low, slope).Store(y);
        Rectify(high, slope).Store(y + 8);
    }

    /// <summary>The bias of eight channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Bias(int column) => bias == null ? Vector256<float>.Zero : Vector256.Load(bias + column);

    /// <summary>The leaky rectifier on eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Rectify(Vector256<float> x, float slope) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), x, x * slope);
}
