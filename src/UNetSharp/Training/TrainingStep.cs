using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;

namespace UNetSharp.Training;

/// <summary>
/// One step of training: forward, loss, backward, optimizer. Where the network has side outputs, the loss is the sum of
/// the losses of all outputs (deep supervision; Qin et al. 2020, https://arxiv.org/abs/2005.09007, equation 1). A plan
/// is made for each shape of batch (a full one, and the rest at the end of an epoch) and kept, so that a step allocates
/// nothing. Exact, convolutions sum up their products as they are defined; else they are faster and differ by rounding.
/// </summary>
public sealed class TrainingStep : IDisposable
{
    // Images of many sizes train with batches of one; the plans of the sizes seen last are kept.
    private const int MaxPlans = 4;

    private readonly Network _network;
    private readonly Func<Value, Value, Value?, Value> _loss;
    private readonly string[] _lossNames;
    private readonly Optimizer _optimizer;
    private readonly CpuDevice _device;
    private readonly bool _isExact;
    private readonly List<ShapedPlan> _plans = [];
    private ShapedPlan? _last;
    private bool _isDisposed;

    /// <summary>Prepares to train with a loss.</summary>
    public TrainingStep(Network network, Loss loss, Optimizer optimizer, CpuDevice device, bool isExact = false)
        : this(network, (logits, target, _) => loss(logits, target), [], optimizer, device, isExact)
    {
    }

    /// <summary>Prepares to train with a sum of losses, of which some may weigh pixels.</summary>
    public TrainingStep(
        Network network, IReadOnlyList<LossTerm> losses, Optimizer optimizer, CpuDevice device, bool isExact = false)
        : this(
            network,
            (logits, target, map) => LossCatalog.Sum(losses, logits, target, map),
            [.. losses.Select(loss => loss.Name)],
            optimizer,
            device,
            isExact)
    {
    }

    private TrainingStep(
        Network network,
        Func<Value, Value, Value?, Value> loss,
        string[] lossNames,
        Optimizer optimizer,
        CpuDevice device,
        bool isExact)
    {
        (_network, _loss, _lossNames) = (network, loss, lossNames);
        (_optimizer, _device, _isExact) = (optimizer, device, isExact);
    }

    /// <summary>Bytes of memory that the plans hold.</summary>
    public long MemoryBytes => Alive(_plans).Sum(plan => plan.Plan.MemoryBytes);

    /// <summary>
    /// The terms of the last step's loss before they are weighted, by the names of losses (bce), of outputs where there
    /// are several (main, side1), or of both (side1.bce); empty where the loss is one term.
    /// </summary>
    public IReadOnlyList<(string Name, float Value)> Terms =>
        [.. Alive(_last)?.Terms.Select(term => (term.Name, _last!.Plan.GetOutput(term.Value).Data[0])) ?? []];

    /// <summary>Trains on one batch.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="targets">Truth, (N, 1, H, W): 0 or 1, or class indices.</param>
    /// <returns>The loss before the weights were changed.</returns>
    public float Train(Tensor images, Tensor targets)
    {
        float value = ComputeGradients(images, targets);
        _optimizer.Step(_device);
        return value;
    }

    /// <summary>Computes the loss of one batch and the gradients by the parameters, and changes nothing yet.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="targets">
    /// Truth, (N, 1, H′, W′): 0 or 1, or class indices; of the images' middle where it is smaller than they are.
    /// </param>
    /// <param name="pixelWeights">Weight of each pixel, (N, 1, H′, W′), or null.</param>
    /// <param name="seed">What dropout follows from.</param>
    /// <returns>The loss.</returns>
    public float ComputeGradients(Tensor images, Tensor targets, Tensor? pixelWeights = null, int seed = 0)
    {
        ShapedPlan shaped = _last = Alive(this).PlanFor(images.Shape, targets.Shape, pixelWeights is not null);
        shaped.Plan.SetInput(shaped.Images, images.Data);
        shaped.Plan.SetInput(shaped.Targets, targets.Data);
        if (pixelWeights is not null)
        {
            shaped.Plan.SetInput(shaped.Weights!, pixelWeights.Data);
        }

        shaped.Plan.Seed = seed;
        return shaped.Plan.ComputeGradients();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ShapedPlan shaped in _plans)
        {
            shaped.Plan.Dispose();
        }

        _plans.Clear();
        _last = null;
        _isDisposed = true;
    }

    private T Alive<T>(T part)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return part;
    }

    private ShapedPlan PlanFor(Shape images, Shape targets, bool isWeighted)
    {
        foreach (ShapedPlan known in _plans)
        {
            if (known.Images.Shape == images
                && known.Targets.Shape == targets
                && known.Weights is not null == isWeighted)
            {
                return known;
            }
        }

        return AddPlan(images, targets, isWeighted);
    }

    private ShapedPlan AddPlan(Shape images, Shape targets, bool isWeighted)
    {
        if (_plans.Count == MaxPlans)
        {
            _plans[0].Plan.Dispose();
            _plans.RemoveAt(0);
        }

        Value image = Value.Input(images);
        Value target = Value.Input(targets);
        Value? weights = isWeighted ? Value.Input(targets) : null;
        Value[] losses =
        [
            .. _network.SegmentWithSideOutputs(image, targets.H, targets.W).Select(
                logits => _loss(logits, target, weights)),
        ];
        Value result = losses.Aggregate((a, b) => a + b);
        LossPart[] terms = CreateTerms(losses);
        Plan plan = _device.Compile(
            new ComputationGraph([result, .. terms.Select(term => term.Value)]),
            _network.Store,
            PlanSettings.ForTraining(result, _isExact));
        ShapedPlan shaped = new(plan, image, target, weights, terms);
        _plans.Add(shaped);
        return shaped;
    }

    private LossPart[] CreateTerms(Value[] losses)
    {
        LossPart[] terms =
        [
            .. from output in Enumerable.Range(0, losses.Length)
               from term in losses[output].Producer is WeightedSum sum
                   ? sum.Inputs.Zip(_lossNames, (value, name) => new LossPart(name, value))
                   : [new LossPart("", losses[output])]
               let name = output == 0 ? "main" : $"side{output}"
               select losses.Length == 1 ? term
                   : term with { Name = _lossNames.Length > 1 ? $"{name}.{term.Name}" : name },
        ];
        return terms.Length > 1 ? terms : [];
    }

    private sealed record ShapedPlan(
        Plan Plan, Value Images, Value Targets, Value? Weights, LossPart[] Terms);

    private sealed record LossPart(string Name, Value Value);
}
