using System.Runtime.InteropServices;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;

namespace UNetSharp.Optimizers;

/// <summary>
/// Changes the trained parameters of a network by their gradients. Subclasses are PyTorch's optimizers of the same
/// names, with the same arithmetic: factors are computed in double and rounded once, values are float32.
/// </summary>
public abstract unsafe class Optimizer
{
    private const int ChunkFloats = 16384;

    // Kept as well because the chunks hold addresses, which keep no memory from being collected.
    private readonly Parameter[] _trained;

    private readonly string[] _stateNames;
    private readonly float[] _state;
    private readonly UpdateChunk[] _chunks;

    /// <summary>Prepares to train the parameters that are of kind <see cref="ParameterKind.Trained"/>.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="learningRate">Factor of every change.</param>
    /// <param name="stateNames">What is remembered of each value, one or two numbers, under PyTorch's names.</param>
    private protected Optimizer(IEnumerable<Parameter> parameters, double learningRate, params string[] stateNames)
    {
        LearningRate = learningRate;
        _stateNames = stateNames;
        _trained = [.. parameters.Where(parameter => parameter.Kind == ParameterKind.Trained)];
        long count = _trained.Sum(parameter => (long)parameter.Count);
        _state = GC.AllocateArray<float>(checked((int)(count * stateNames.Length)), pinned: true);
        _chunks = GC.AllocateArray<UpdateChunk>(
            _trained.Sum(parameter => (parameter.Count + ChunkFloats - 1) / ChunkFloats), pinned: true);
        float* state = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_state, 0);
        int index = 0;
        foreach (Parameter parameter in _trained)
        {
            float* second = state + ((stateNames.Length - 1) * parameter.Count);
            for (int start = 0; start < parameter.Count; start += ChunkFloats)
            {
                _chunks[index++] = new UpdateChunk(
                    (nint)(parameter.Pointer + start),
                    (nint)(parameter.GradientPointer + start),
                    (nint)(state + start),
                    (nint)(second + start),
                    Math.Min(ChunkFloats, parameter.Count - start));
            }

            state += stateNames.Length * parameter.Count;
        }
    }

    /// <summary>Factor of every change; may be set between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>Number of steps made.</summary>
    public int StepCount { get; private set; }

    /// <summary>Changes the parameters by their gradients.</summary>
    public void Step(Workers workers)
    {
        StepCount++;
        Update(workers);
    }

    /// <summary>
    /// Copies of what is remembered, of the shape of the parameters and named like them with PyTorch's name of the
    /// state behind: <c>outc.conv.weight.exp_avg</c>.
    /// </summary>
    public IReadOnlyList<StoredTensor> State() =>
    [
        .. StateSlots().Select(slot => new StoredTensor(slot.Array.Name, slot.Array.Dims, _state[slot.Place])),
    ];

    /// <summary>
    /// Goes on from a state: further steps are those of the optimizer that made it. Nothing is changed unless all
    /// names and shapes fit. The learning rate is no part of it.
    /// </summary>
    /// <param name="state">What <see cref="State"/> gave.</param>
    /// <param name="stepCount">What <see cref="StepCount"/> was.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them.</exception>
    public void Restore(IReadOnlyList<StoredTensor> state, int stepCount, string source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        (ArraySlot Array, Range Place)[] slots = [.. StateSlots()];
        IReadOnlyDictionary<string, StoredTensor> byName =
            NamedArrays.Match(state, [.. slots.Select(slot => slot.Array)], source, "optimizer");
        foreach ((ArraySlot array, Range place) in slots)
        {
            byName[array.Name].Values.CopyTo(_state.AsSpan(place));
        }

        StepCount = stepCount;
    }

    /// <summary>Applies the rule of the optimizer by <see cref="Run"/>.</summary>
    private protected abstract void Update(Workers workers);

    /// <summary>Applies a rule to every value.</summary>
    private protected void Run<TRule>(Workers workers, TRule rule)
        where TRule : unmanaged, IUpdateRule
    {
        var chunks = (UpdateChunk*)Marshal.UnsafeAddrOfPinnedArrayElement(_chunks, 0);
        workers.Run(_chunks.Length, new UpdateJob<TRule>(chunks, rule));
        GC.KeepAlive(this);
    }

    private IEnumerable<(ArraySlot Array, Range Place)> StateSlots()
    {
        int start = 0;
        foreach (Parameter parameter in _trained)
        {
            foreach (string name in _stateNames)
            {
                Range place = start..(start + parameter.Count);
                yield return (new ArraySlot($"{parameter.Name}.{name}", parameter.Dims), place);
                start = place.End.Value;
            }
        }
    }
}
