using UNetSharp.Execution;
using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>Sigmoid: y = 1 / (1 + exp(−x)). Backward: dx = dy · y · (1 − y).</summary>
public sealed class LogisticSigmoid : Operation
{
    internal LogisticSigmoid(Value x)
        : base(x.Shape, [x])
    {
    }

    internal override string LayerType => "Sigmoid";

    internal override bool BackwardReadsOutput => true;

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        Elementwise<LogisticFunction>.Run(run.Workers, x, x, run.Data(Output));
    }

    internal override void Backward(Run run) => Elementwise<LogisticGradient>.Run(
        run.Workers,
        run.Data(Output),
        run.Gradient(Output),
        run.Gradient(Inputs[0]),
        adds: run.Adds(this, 0));
}
