using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Optimizers;

/// <summary>
/// Changes the trained parameters of a network by their gradients. Subclasses are PyTorch's optimizers of the same
/// names, with the same arithmetic: factors are computed in double and rounded once, values are float32.
/// </summary>
public abstract unsafe class Optimizer
{
    private readonly Tensor[] _states;

    /// <summary>Prepares to train the parameters that are of kind <see cref="ParameterKind.Trained"/>.</summary>
    /// <param name="parameters">Parameters of a network.</param>
    /// <param name="learningRate">Factor of every change.</param>
    /// <param name="stateNames">What is remembered of each value, one or two numbers, under PyTorch's names.</param>
    private protected Optimizer(ParameterStore parameters, double learningRate, params string[] stateNames)
    {
        (Parameters, LearningRate, StateNames) = (parameters, learningRate, stateNames);
        Shape shape = Shape.Nchw(1, Math.Max(1, parameters.TrainedCount), 1, 1);
        _states = [.. stateNames.Select(_ => new Tensor(shape))];
    }

    /// <summary>The parameters.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>What is remembered of each value, under PyTorch's names.</summary>
    public IReadOnlyList<string> StateNames { get; }

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
    /// Continues from a state: further steps are those of the optimizer that made it. The learning rate is no part of
    /// it.
    /// </summary>
    /// <param name="stepCount">What <see cref="StepCount"/> was.</param>
    /// <param name="states">For each of <see cref="StateNames"/>, what is remembered of each trained parameter.</param>
    /// <exception cref="ArgumentException">A state has more or fewer values than its parameter.</exception>
    public void Restore(int stepCount, IReadOnlyList<IReadOnlyDictionary<Parameter, float[]>> states)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        foreach ((Tensor state, IReadOnlyDictionary<Parameter, float[]> values) in _states.Zip(states))
        {
            foreach (Parameter parameter in Parameters.Trained)
            {
                values[parameter].CopyTo(Slot(state, parameter));
            }
        }

        StepCount = stepCount;
    }

    /// <summary>What is remembered of each value of a trained parameter.</summary>
    /// <param name="index">Index of the state among <see cref="StateNames"/>.</param>
    /// <param name="parameter">The parameter.</param>
    public ReadOnlySpan<float> GetState(int index, Parameter parameter) => Slot(_states[index], parameter);

    /// <summary>Applies the rule of the optimizer by <see cref="Apply"/>.</summary>
    private protected abstract void Update(Workers workers);

    /// <summary>Applies a rule to every value.</summary>
    private protected void Apply<TRule>(Workers workers, TRule rule)
        where TRule : unmanaged, IUpdateRule
    {
        int count = Parameters.TrainedCount;
        workers.Execute(FlatBlocks.Count(count), new UpdateJob<TRule>(
            Parameters.ValuesStart, Parameters.GradientsStart, _states[0].Start, _states[^1].Start, count, rule));
    }

    private Span<float> Slot(Tensor state, Parameter parameter) =>
        state.Data.Slice(Parameters.GetOffset(parameter), parameter.Count);
}
