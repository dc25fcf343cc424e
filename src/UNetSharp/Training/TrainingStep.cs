using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Training;

/// <summary>
/// One step of training: forward, loss, backward, optimizer. Where the network has side outputs, the loss is the sum of
/// the losses of all outputs (deep supervision; Qin et al. 2020, https://arxiv.org/abs/2005.09007, equation 1). A plan is made for each shape of batch (a full one, and
/// the rest at the end of an epoch) and kept, so that a step allocates nothing. Exact, convolutions sum up their products as
/// they are defined; else they are faster and differ by rounding.
/// </summary>
public sealed class TrainingStep(
    Network network, Loss loss, Optimizer optimizer, Workers workers, bool isExact = false) : IDisposable
{
    // Images of many sizes train with batches of one; the plans of the sizes seen last are kept.
    private const int MostPlans = 4;

    private readonly List<ShapedPlan> _plans = [];
    private ShapedPlan? _last;

    /// <summary>Bytes of memory that the plans hold.</summary>
    public long MemoryBytes => _plans.Sum(plan => plan.Plan.MemoryBytes);

    /// <summary>What the optimizer multiplies changes by.</summary>
    public double LearningRate => optimizer.LearningRate;

    /// <summary>
    /// The terms of the last step's loss, before they are weighted and of the main output alone; empty where the loss
    /// is one term.
    /// </summary>
    public IReadOnlyList<float> Terms => [.. _last?.Terms.Select(term => _last.Plan.Output(term)[0]) ?? []];

    /// <summary>Trains on one batch.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="targets">Truth, (N, 1, H, W): 0 or 1, or class indices.</param>
    /// <returns>The loss before the weights were changed.</returns>
    public float Run(Tensor images, Tensor targets)
    {
        ShapedPlan shaped = _last = PlanFor(images.Shape, targets.Shape);
        images.Data.CopyTo(shaped.Plan.Input(shaped.Images));
        targets.Data.CopyTo(shaped.Plan.Input(shaped.Targets));
        float value = shaped.Plan.Step();
        optimizer.Step(workers);
        return value;
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
    }

    private ShapedPlan PlanFor(Shape images, Shape targets)
    {
        foreach (ShapedPlan known in _plans)
        {
            if (known.Images.Shape == images && known.Targets.Shape == targets)
            {
                return known;
            }
        }

        return AddPlan(images, targets);
    }

    private ShapedPlan AddPlan(Shape images, Shape targets)
    {
        if (_plans.Count == MostPlans)
        {
            _plans[0].Plan.Dispose();
            _plans.RemoveAt(0);
        }

        Value image = Value.Input(images);
        Value target = Value.Input(targets);
        Value[] losses = [.. network.SegmentWithSides(image).Select(logits => loss(logits, target))];
        Value result = losses.Aggregate((a, b) => a + b);
        Value[] terms = losses[0].Producer is WeightedSum sum ? [.. sum.Inputs] : [];
        var plan = new TrainingPlan(new GraphOf([result, .. terms]), result, workers, isExact, []);
        var shaped = new ShapedPlan(plan, image, target, terms);
        _plans.Add(shaped);
        return shaped;
    }

    private sealed record ShapedPlan(TrainingPlan Plan, Value Images, Value Targets, Value[] Terms);
}
