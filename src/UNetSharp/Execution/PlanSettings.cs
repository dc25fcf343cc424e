using UNetSharp.Graph;

namespace UNetSharp.Execution;

/// <summary>What a plan is for.</summary>
public enum PlanPurpose
{
    /// <summary>Forward of a trained network; batch norm uses its running statistics, dropout does nothing.</summary>
    Inference,

    /// <summary>
    /// Forward and backward; batch norm uses the statistics of the batch and updates its running ones.
    /// </summary>
    Training,

    /// <summary>Forward as in inference, and backward for gradients by values; parameters have no gradients.</summary>
    InputGradients,
}

/// <summary>What a plan is for, and which gradients it computes.</summary>
public sealed record PlanSettings
{
    private PlanSettings(PlanPurpose purpose, Value? result, IReadOnlyList<Value> gradientsBy, bool isExact) =>
        (Purpose, Result, GradientsBy, IsExact) = (purpose, result, gradientsBy, isExact);

    /// <summary>What the plan is for.</summary>
    public PlanPurpose Purpose { get; }

    /// <summary>The value that is differentiated; null in inference.</summary>
    public Value? Result { get; }

    /// <summary>Values whose gradients can be read, beside those of the parameters in training.</summary>
    public IReadOnlyList<Value> GradientsBy { get; }

    /// <summary>
    /// Whether convolutions sum up their products as they are defined. The fast way differs by rounding, some 1e-5 of
    /// the largest value.
    /// </summary>
    public bool IsExact { get; }

    /// <summary>Settings of a plan that computes the outputs of a graph.</summary>
    public static PlanSettings ForInference(bool isExact = false) => new(PlanPurpose.Inference, null, [], isExact);

    /// <summary>Settings of a plan that computes a loss and its gradients.</summary>
    /// <param name="loss">The output to differentiate.</param>
    /// <param name="gradientsBy">Values whose gradients are wanted beside those of the parameters.</param>
    public static PlanSettings ForTraining(Value loss, params IReadOnlyList<Value> gradientsBy) =>
        ForTraining(loss, isExact: false, gradientsBy);

    /// <summary>Settings of a plan that computes a loss and its gradients.</summary>
    /// <param name="loss">The output to differentiate.</param>
    /// <param name="isExact">See <see cref="IsExact"/>.</param>
    /// <param name="gradientsBy">Values whose gradients are wanted beside those of the parameters.</param>
    public static PlanSettings ForTraining(Value loss, bool isExact, params IReadOnlyList<Value> gradientsBy) =>
        new(PlanPurpose.Training, loss, gradientsBy, isExact);

    /// <summary>
    /// Settings of a plan that computes the gradients of a value of a trained network by other values: the image, or
    /// the feature maps of a layer. Convolutions are exact.
    /// </summary>
    /// <param name="result">The output to differentiate.</param>
    /// <param name="gradientsBy">Values whose data and gradients can be read.</param>
    public static PlanSettings ForInputGradients(Value result, params IReadOnlyList<Value> gradientsBy) =>
        new(PlanPurpose.InputGradients, result, gradientsBy, isExact: true);
}
