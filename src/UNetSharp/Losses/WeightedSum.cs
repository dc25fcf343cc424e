using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>y = Σ w[i] · x[i] of single numbers. Backward: dx[i] = w[i] · dy.</summary>
public sealed class WeightedSum : Operation, ICpuOperation
{
    private WeightedSum(IReadOnlyList<float> weights, IReadOnlyList<Value> values)
        : base(Shape.Scalar, [.. values])
    {
        if (weights.Count != values.Count || values.Any(value => value.Shape != Shape.Scalar))
        {
            throw new ShapeException($"A weighted sum of {weights.Count} numbers needs as many of {Shape.Scalar}, but "
                + $"{string.Join(", ", values.Select(value => value.Shape))} came.");
        }

        Weights = [.. weights];
    }

    /// <summary>The weight of each number.</summary>
    public IReadOnlyList<float> Weights { get; }

    /// <summary>The sum of losses, each (1, 1, 1, 1), times their weights.</summary>
    public static Value Compute(IReadOnlyList<float> weights, IReadOnlyList<Value> values) =>
        new WeightedSum(weights, values).Output;

    /// <inheritdoc/>
    Kernel ICpuOperation.CreateKernel() => new WeightedSumKernel(this);
}
