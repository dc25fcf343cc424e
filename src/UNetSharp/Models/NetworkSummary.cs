using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;

namespace UNetSharp.Models;

/// <summary>
/// What a network costs on an image of one size: layer by layer, and the memory that plans really take.
/// </summary>
/// <param name="Input">Sizes of the image.</param>
/// <param name="Layers">Every layer, in the order in which they run.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Macs">Multiply-accumulate operations of one forward run.</param>
/// <param name="Memory">Bytes by purpose.</param>
public sealed record NetworkSummary(
    Shape Input, IReadOnlyList<LayerSummary> Layers, long Parameters, long Macs, MemorySummary Memory)
{
    /// <summary>Traces a network; nothing is computed and no memory is reserved for it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">Sizes of the image.</param>
    /// <param name="threads">Threads that plans are made for.</param>
    /// <exception cref="ShapeException">The network cannot run on such an image.</exception>
    public static NetworkSummary Compute(Network network, Shape input, int threads)
    {
        using CpuDevice device = new(threads);
        Value image = Value.Input(input);
        IReadOnlyList<Value> results = network.ForwardWithSideOutputs(image);
        ComputationGraph graph = new([.. results]);
        IReadOnlyList<LayerSummary> layers = LayerSummary.FromGraph(graph);
        long parameters = network.Parameters().Where(p => p.Kind == ParameterKind.Trained).Sum(p => (long)p.Count);
        Value loss = results.Select(CreateLoss).Aggregate((a, b) => a + b);
        MemorySummary memory = new(
            input.Count * sizeof(float),
            2 * layers.Sum(layer => layer.Output.Count) * sizeof(float),
            parameters * sizeof(float),
            device.EstimateBytes(new ComputationGraph(results[0]), PlanSettings.ForInference()),
            device.EstimateBytes(new ComputationGraph(loss), PlanSettings.ForTraining(loss)));
        return new NetworkSummary(input, layers, parameters, graph.Macs, memory);
    }

    private static Value CreateLoss(Value logits)
    {
        Value target = Value.Input(logits.Shape.WithChannels(1));
        return logits.Shape.C == 1 ? BinaryCrossEntropy.Compute(logits, target) : CrossEntropy.Compute(logits, target);
    }
}

/// <summary>Bytes of memory by purpose.</summary>
/// <param name="Input">The image.</param>
/// <param name="Activations">
/// Results of all layers and as much again for their gradients: what they would take without sharing memory.
/// </param>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="InferencePlan">What a plan for inference really holds: values that share memory, packed
/// weights.</param>
/// <param name="TrainingPlan">What a plan for training really holds, without parameters and their gradients.</param>
public sealed record MemorySummary(long Input, long Activations, long Parameters, long InferencePlan, long TrainingPlan)
{
    // RMSprop and Adam keep two numbers for each parameter; with the parameter and its gradient these are four.
    private const int NumbersPerParameter = 4;

    /// <summary>Image, activations and parameters: the sum that layer listings give.</summary>
    public long Total => Input + Activations + Parameters;

    /// <summary>All that inference needs.</summary>
    public long InferencePeak => InferencePlan + Parameters;

    /// <summary>All that training needs, with the state of RMSprop (with momentum) or Adam.</summary>
    public long TrainingPeak => TrainingPlan + (NumbersPerParameter * Parameters);
}
