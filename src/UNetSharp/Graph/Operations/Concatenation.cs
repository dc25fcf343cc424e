using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Channels side by side: (N, C₁, H, W), (N, C₂, H, W), … → (N, C₁ + C₂ + …, H, W). Backward: slices of dy. Inputs that
/// the plan has computed in place already are not copied.
/// </summary>
public sealed unsafe class Concatenation : Operation
{
    private readonly int[] _firstChannels;

    internal Concatenation(params Value[] inputs)
        : base(ResultShape(inputs), inputs) =>
        _firstChannels = [.. inputs.Select((_, k) => inputs.Take(k).Sum(input => input.Shape.C))];

    internal override void Forward(Run run)
    {
        for (int k = 0; k < Inputs.Count; k++)
        {
            View from = run.Data(Inputs[k]);
            View to = Slice(run.Data(Output), k);
            if (from.Pointer != to.Pointer)
            {
                Elementwise<Copy>.Run(run.Workers, from, from, to);
            }
        }
    }

    internal override void Backward(Run run)
    {
        for (int k = 0; k < Inputs.Count; k++)
        {
            if (!run.Wants(Inputs[k]))
            {
                continue;
            }

            View from = Slice(run.Gradient(Output), k);
            View to = run.Gradient(Inputs[k]);
            if (from.Pointer != to.Pointer)
            {
                Elementwise<Copy>.Run(run.Workers, from, from, to, adds: run.Adds(this, k));
            }
        }
    }

    private static Shape ResultShape(Value[] inputs)
    {
        Shape first = inputs[0].Shape;
        if (inputs.FirstOrDefault(input => input.Shape.WithChannels(first.C) != first) is { } other)
        {
            throw new ShapeException($"Concatenation needs images of one size, but {first} and {other.Shape} came.");
        }

        return first.WithChannels(inputs.Sum(input => input.Shape.C));
    }

    private View Slice(View wide, int index) =>
        new(wide.Pointer + _firstChannels[index], Inputs[index].Shape, wide.Stride);
}
