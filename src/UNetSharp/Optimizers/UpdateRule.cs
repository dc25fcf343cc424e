using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Optimizers;

/// <summary>The arithmetic of an optimizer, for eight values at a time.</summary>
internal interface IUpdateRule
{
    /// <summary>The new values of <paramref name="w"/> by their gradients; changes what is remembered.</summary>
    Vector256<float> Apply(
        Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second);
}

/// <summary>Neighbouring values of a parameter, their gradients and what is remembered of them, by address.</summary>
internal readonly record struct UpdateChunk(nint Values, nint Gradients, nint First, nint Second, int Count);

/// <summary>Applies a rule to chunks, one a block.</summary>
internal readonly unsafe struct UpdateJob<TRule>(UpdateChunk* chunks, TRule rule) : IJob
    where TRule : unmanaged, IUpdateRule
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    public void Run(int block, int worker)
    {
        UpdateChunk chunk = chunks[block];
        TRule local = rule;
        float* w = (float*)chunk.Values, g = (float*)chunk.Gradients;
        float* first = (float*)chunk.First, second = (float*)chunk.Second;
        int i = 0;
        for (; i <= chunk.Count - Lanes; i += Lanes)
        {
            Apply(local, w + i, g + i, first + i, second + i);
        }

        if (i < chunk.Count)
        {
            ApplyTail(local, w + i, g + i, first + i, second + i, chunk.Count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(TRule rule, float* w, float* g, float* first, float* second)
    {
        Vector256<float> a = Vector256.Load(first);
        Vector256<float> b = Vector256.Load(second);
        rule.Apply(Vector256.Load(w), Vector256.Load(g), ref a, ref b).Store(w);

        // A rule with one state has both in one place and changes the first.
        b.Store(second);
        a.Store(first);
    }

    private static void ApplyTail(TRule rule, float* w, float* g, float* first, float* second, int count)
    {
        float* lanes = stackalloc float[4 * Lanes];
        new Span<float>(lanes, 4 * Lanes).Clear();
        for (int i = 0; i < count; i++)
        {
            lanes[i] = w[i];
            lanes[Lanes + i] = g[i];
            lanes[(2 * Lanes) + i] = first[i];
            lanes[(3 * Lanes) + i] = second[i];
        }

        Apply(rule, lanes, lanes + Lanes, lanes + (2 * Lanes), lanes + (3 * Lanes));
        for (int i = 0; i < count; i++)
        {
            w[i] = lanes[i];
            second[i] = lanes[(3 * Lanes) + i];
            first[i] = lanes[(2 * Lanes) + i];
        }
    }
}
