using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu;

namespace UNetSharp.Optimizers;

/// <summary>The arithmetic of an optimizer, for eight values at a time.</summary>
internal interface IUpdateRule
{
    /// <summary>The new values of <paramref name="w"/> by their gradients; changes what is remembered.</summary>
    Vector256<float> Apply(
        Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second);
}

/// <summary>
/// Applies a rule to the flat vectors of values, gradients and states, whose lengths are multiples of a cache line. A
/// rule with one state has both in one place.
/// </summary>
internal readonly unsafe struct UpdateJob<TRule>(
    float* w, float* gradients, float* first, float* second, int count, TRule rule) : IJob
    where TRule : unmanaged, IUpdateRule
{
    /// <inheritdoc/>
    public void Execute(int block, int worker)
    {
        (int start, int end) = FlatBlocks.Range(block, count);
        TRule local = rule;
        for (int i = start; i < end; i += Vector256<float>.Count)
        {
            Apply(local, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply(TRule local, int i)
    {
        Vector256<float> a = Vector256.Load(first + i);
        Vector256<float> b = Vector256.Load(second + i);
        local.Apply(Vector256.Load(w + i), Vector256.Load(gradients + i), ref a, ref b).Store(w + i);

        // A rule with one state changes the first.
        b.Store(second + i);
        a.Store(first + i);
    }
}
