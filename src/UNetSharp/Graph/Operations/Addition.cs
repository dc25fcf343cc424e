using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>y = a + b. Backward: da = dy, db = dy.</summary>
public sealed class Addition : Operation
{
    internal Addition(Value a, Value b)
        : base(a.Shape, [a, b])
    {
        if (a.Shape != b.Shape)
        {
            throw new ShapeException($"Addition needs two values of one shape, but {a.Shape} and {b.Shape} came.");
        }
    }

    internal override void Forward(Run run) =>
        Elementwise<Sum>.Run(run.Workers, run.Data(Inputs[0]), run.Data(Inputs[1]), run.Data(Output));

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        for (int k = 0; k < Inputs.Count; k++)
        {
            if (run.Wants(Inputs[k]))
            {
                Elementwise<Copy>.Run(run.Workers, dy, dy, run.Gradient(Inputs[k]), adds: run.Adds(this, k));
            }
        }
    }
}
