using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Losses;

/// <summary>y = Σ w[i] · x[i] of single numbers. Backward: dx[i] = w[i] · dy.</summary>
public sealed unsafe class WeightedSum : Operation
{
    private readonly float[] _weights;

    private WeightedSum(IReadOnlyList<float> weights, IReadOnlyList<Value> values)
        : base(Shape.Scalar, [.. values])
    {
        if (weights.Count != values.Count || values.Any(value => value.Shape != Shape.Scalar))
        {
            throw new ShapeException($"A weighted sum of {weights.Count} numbers needs as many of {Shape.Scalar}, but "
                + $"{string.Join(", ", values.Select(value => value.Shape))} came.");
        }

        _weights = [.. weights];
    }

    /// <summary>The sum of losses, each (1, 1, 1, 1), times their weights.</summary>
    public static Value Of(IReadOnlyList<float> weights, IReadOnlyList<Value> values) =>
        new WeightedSum(weights, values).Output;

    internal override void Forward(Run run)
    {
        float sum = 0;
        for (int i = 0; i < _weights.Length; i++)
        {
            sum += _weights[i] * *run.Data(Inputs[i]).Pointer;
        }

        *run.Data(Output).Pointer = sum;
    }

    internal override void Backward(Run run)
    {
        float dy = *run.Gradient(Output).Pointer;
        for (int i = 0; i < _weights.Length; i++)
        {
            if (run.Wants(Inputs[i]))
            {
                float* dx = run.Gradient(Inputs[i]).Pointer;
                *dx = (run.Adds(this, i) ? *dx : 0) + (_weights[i] * dy);
            }
        }
    }
}
