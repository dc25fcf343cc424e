using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Brightness, contrast and gamma: v ← ((v − mean)·contrast + mean + brightness)^gamma, with values held in 0..1
/// before the power and so after it.
/// </summary>
internal static class GreyValues
{
    /// <summary>Changes an image in place.</summary>
    public static void Apply(Span<float> image, float mean, float brightness, float contrast, float gamma)
    {
        float offset = brightness + ((1 - contrast) * mean); // v·contrast + offset
        int i = 0;
        ref float first = ref MemoryMarshal.GetReference(image);
        for (; i <= image.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var values = Vector256.LoadUnsafe(ref first, (nuint)i);
            values = Vector256.Clamp(
                (values * contrast) + Vector256.Create(offset), Vector256<float>.Zero, Vector256<float>.One);
            values = gamma == 1 ? values : Power(values, gamma);
            values.StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < image.Length; i++)
        {
            image[i] = MathF.Pow(Math.Clamp((image[i] * contrast) + offset, 0, 1), gamma);
        }
    }

    /// <summary>v^g = e^(g·ln v), and 0 for 0. The logarithm is at most 0, so that results stay in 0..1.</summary>
    private static Vector256<float> Power(Vector256<float> values, float power) => Vector256.ConditionalSelect(
        Vector256.Equals(values, Vector256<float>.Zero), values, Vector256.Exp(Vector256.Log(values) * power));
}
