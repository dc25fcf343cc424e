using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Models.Layers;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// A network that learns: gradients of batches are gathered, limited, and make a step of the optimizer.
/// </summary>
internal sealed class Learner : IDisposable
{
    private readonly TrainingSettings _settings;
    private readonly Peers _peers;
    private readonly CpuDevice _device;
    private readonly TrainingStep _step;
    private readonly GradientVector _gradients;
    private readonly WeightAverage? _average;
    private readonly double _rate;

    public Learner(TrainingSettings settings, CpuDevice device, Peers peers)
    {
        (_settings, _device, _peers) = (settings, device, peers);
        Network = ModelCatalog.Create(settings.Model, settings.Seed);
        if (settings.UsesHeInitialization)
        {
            HeInitialization.Apply(Network, settings.Seed);
        }

        Optimizer = OptimizerCatalog.Create(settings.Optimizer, Network.Store);
        _rate = Optimizer.LearningRate;
        _gradients = new GradientVector(Network.Store, device, Accumulates);
        _step = new TrainingStep(
            Network, LossCatalog.Parse(settings.Loss), Optimizer, device, settings.IsExact);
        if (settings.AverageDecay is { } decay)
        {
            _average = new WeightAverage(Network, ModelCatalog.Create(settings.Model, settings.Seed), decay);
        }
    }

    /// <summary>The network with the newest weights.</summary>
    public Network Network { get; }

    /// <summary>The average of the weights, if one is wanted.</summary>
    public Network? Average => _average?.Average;

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    private bool Accumulates => _settings.AccumulationSteps > 1;

    /// <summary>Whether the last gradients were numbers, so that the weights still are.</summary>
    public bool AreGradientsFinite => double.IsFinite(_gradients.Norm());

    /// <summary>The terms of the last batch's loss, see <see cref="TrainingStep.Terms"/>.</summary>
    public IReadOnlyList<(string Name, float Value)> Terms => _step.Terms;

    /// <summary>Adds a batch to the gradients of the next step.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Number of the batch in all of training, which dropout follows from.</param>
    /// <returns>Its loss, the mean of all peers.</returns>
    public float Accumulate(Batch batch, long number)
    {
        int seed = unchecked((_settings.Seed * 31) + (int)number);
        float loss = _step.ComputeGradients(batch.Images, batch.Masks, batch.Weights, seed);
        if (Accumulates && float.IsFinite(loss))
        {
            _gradients.Accumulate(batch.Names.Count);
        }

        Span<float> mean = [loss];
        _peers.Average(mean);
        return mean[0];
    }

    /// <summary>Changes the weights.</summary>
    /// <param name="rateFactor">What the learning rate is multiplied by.</param>
    /// <returns>False where a gradient is no number, by which the weights are not changed; found where gradients are
    /// limited.
    /// </returns>
    public bool Step(double rateFactor)
    {
        if (Accumulates)
        {
            _gradients.SetToMean();
        }

        _peers.Average(Network.Store.AllGradients);
        if (_settings.ClipNorm is { } length && !double.IsFinite(_gradients.Clip(length)))
        {
            return false;
        }

        Optimizer.LearningRate = _rate * rateFactor;
        Optimizer.Step(_device);
        _average?.Update(Optimizer.StepCount, _device);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _step.Dispose();
}
