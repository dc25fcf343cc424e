using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Optimizers;

/// <summary>
/// Changes the trained parameters of a network by their gradients. Subclasses are PyTorch's optimizers of the same
/// names, with the same arithmetic.
/// </summary>
public abstract unsafe class Optimizer
{
    private const int ChunkFloats = 16384;

    private readonly float[] _state;
    private readonly Chunk[] _chunks;

    /// <summary>Prepares to train the parameters that are of kind <see cref="ParameterKind.Trained"/>.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="learningRate">Factor of every change.</param>
    /// <param name="statesPerValue">How many numbers, 1 or 2, are remembered for each value.</param>
    private protected Optimizer(IEnumerable<Parameter> parameters, float learningRate, int statesPerValue)
    {
        LearningRate = learningRate;
        Parameter[] trained = [.. parameters.Where(parameter => parameter.Kind == ParameterKind.Trained)];
        long count = trained.Sum(parameter => (long)parameter.Count);
        _state = GC.AllocateArray<float>(checked((int)(count * statesPerValue)), pinned: true);
        _chunks = GC.AllocateArray<Chunk>(
            trained.Sum(parameter => (parameter.Count + ChunkFloats - 1) / ChunkFloats), pinned: true);
        float* state = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_state, 0);
        int index = 0;
        foreach (Parameter parameter in trained)
        {
            for (int start = 0; start < parameter.Count; start += ChunkFloats)
            {
                int floats = Math.Min(ChunkFloats, parameter.Count - start);
                float* second = state + ((statesPerValue - 1) * floats);
                _chunks[index++] = new Chunk(
                    (nint)(parameter.Pointer + start),
                    (nint)(parameter.GradientPointer + start),
                    (nint)state,
                    (nint)second,
                    floats);
                state += floats * statesPerValue;
            }
        }
    }

    /// <summary>Factor of every change; may be set between steps.</summary>
    public float LearningRate { get; set; }

    /// <summary>Number of steps made.</summary>
    public int StepCount { get; private set; }

    /// <summary>Changes the parameters by their gradients.</summary>
    public void Step(Workers workers)
    {
        StepCount++;
        Update(workers);
    }

    /// <summary>Applies the rule of the optimizer by <see cref="Run"/>.</summary>
    private protected abstract void Update(Workers workers);

    /// <summary>Applies a rule to every value.</summary>
    private protected void Run<TRule>(Workers workers, TRule rule)
        where TRule : unmanaged, IUpdateRule =>
        workers.Run(_chunks.Length, new Job<TRule>((Chunk*)Marshal.UnsafeAddrOfPinnedArrayElement(_chunks, 0), rule));

    private readonly record struct Chunk(nint Values, nint Gradients, nint First, nint Second, int Count);

    private readonly struct Job<TRule>(Chunk* chunks, TRule rule) : IJob
        where TRule : unmanaged, IUpdateRule
    {
        public void Run(int block, int worker)
        {
            Chunk chunk = chunks[block];
            TRule local = rule;
            float* w = (float*)chunk.Values, g = (float*)chunk.Gradients;
            float* first = (float*)chunk.First, second = (float*)chunk.Second;
            int i = 0;
            for (; i <= chunk.Count - Vector256<float>.Count; i += Vector256<float>.Count)
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
            const int Lanes = 8;
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
}

/// <summary>The arithmetic of an optimizer, for eight values at a time.</summary>
internal interface IUpdateRule
{
    /// <summary>The new values of <paramref name="w"/> by their gradients; changes what is remembered.</summary>
    Vector256<float> Apply(
        Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second);
}
