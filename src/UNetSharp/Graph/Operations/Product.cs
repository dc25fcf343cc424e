using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>y = a · b, value by value. Backward: da = dy · b, db = dy · a.</summary>
public sealed class Product : Operation
{
    internal Product(Value a, Value b)
        : base(a.Shape, [a, b])
    {
        if (a.Shape != b.Shape)
        {
            throw new ShapeException($"A product needs two values of one shape, but {a.Shape} and {b.Shape} came.");
        }
    }

    internal override bool BackwardReadsInputs => true;

    internal override void Forward(Run run) =>
        Elementwise<Times>.Run(run.Workers, run.Data(Inputs[0]), run.Data(Inputs[1]), run.Data(Output));

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        for (int k = 0; k < 2; k++)
        {
            if (run.Wants(Inputs[k]))
            {
                View other = run.Data(Inputs[1 - k]);
                Elementwise<Times>.Run(run.Workers, dy, other, run.Gradient(Inputs[k]), adds: run.Adds(this, k));
            }
        }
    }
}
