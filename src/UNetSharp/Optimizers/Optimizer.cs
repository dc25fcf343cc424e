using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Tensors;

namespace UNetSharp.Optimizers;

/// <summary>
/// Changes the trained parameters of a network by their gradients. Subclasses are PyTorch's optimizers of the same
/// names, with the same arithmetic: factors are computed in double and rounded once, values are float32.
/// </summary>
public abstract unsafe class Optimizer
{
    private readonly string[] _stateNames;
    private readonly Tensor[] _states;

    /// <summary>Prepares to train the parameters that are of kind <see cref="ParameterKind.Trained"/>.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="learningRate">Factor of every change.</param>
    /// <param name="stateNames">What is remembered of each value, one or two numbers, under PyTorch's names.</param>
    private protected Optimizer(ParameterStore parameters, double learningRate, params string[] stateNames)
    {
        (Parameters, LearningRate, _stateNames) = (parameters, learningRate, stateNames);
        Shape shape = Shape.Nchw(1, Math.Max(1, parameters.TrainedCount), 1, 1);
        _states = [.. stateNames.Select(_ => new Tensor(shape))];
    }

    /// <summary>The parameters.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>Factor of every change; may be set between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>Number of steps made.</summary>
    public int StepCount { get; private set; }

    /// <summary>Changes the parameters by their gradients.</summary>
    public void Step(CpuDevice device)
    {
        StepCount++;
        Update(device.Workers);
        Parameters.MarkChanged();
    }

    /// <summary>
    /// Copies of what is remembered, of the shape of the parameters and named like them with PyTorch's name of the
    /// state behind: <c>outc.conv.weight.exp_avg</c>.
    /// </summary>
    public IReadOnlyList<StoredTensor> State() =>
    [
        .. Slots().Select(slot => new StoredTensor(slot.Array.Name, slot.Array.Dims, slot.State.Data[slot.Range].ToArray())),
    ];

    /// <summary>
    /// Continues from a state: further steps are those of the optimizer that made it. Nothing is changed unless all
    /// names and shapes fit. The learning rate is no part of it.
    /// </summary>
    /// <param name="state">What <see cref="State"/> gave.</param>
    /// <param name="stepCount">What <see cref="StepCount"/> was.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them.</exception>
    public void Restore(IReadOnlyList<StoredTensor> state, int stepCount, string source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        (ArraySlot Array, Tensor State, Range Range)[] slots = [.. Slots()];
        IReadOnlyDictionary<string, StoredTensor> byName =
            NamedArrays.Match(state, [.. slots.Select(slot => slot.Array)], source, "optimizer");
        foreach ((ArraySlot array, Tensor values, Range range) in slots)
        {
            byName[array.Name].Values.CopyTo(values.Data[range]);
        }

        StepCount = stepCount;
    }

    /// <summary>Applies the rule of the optimizer by <see cref="Apply"/>.</summary>
    private protected abstract void Update(Workers workers);

    /// <summary>Applies a rule to every value.</summary>
    private protected void Apply<TRule>(Workers workers, TRule rule)
        where TRule : unmanaged, IUpdateRule
    {
        int count = Parameters.TrainedCount;
        workers.Run(FlatBlocks.Count(count), new UpdateJob<TRule>(
            Parameters.ValuesStart, Parameters.GradientsStart, _states[0].Start, _states[^1].Start, count, rule));
    }

    private IEnumerable<(ArraySlot Array, Tensor State, Range Range)> Slots() =>
        from parameter in Parameters.Trained
        from state in Enumerable.Range(0, _stateNames.Length)
        let start = Parameters.OffsetOf(parameter)
        select (
            new ArraySlot($"{parameter.Name}.{_stateNames[state]}", parameter.Dims),
            _states[state],
            start..(start + parameter.Count));
}
