using UNetSharp.Execution;
using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// ReLU and its leaky form: y = max(x, 0) + slope · min(x, 0). Backward: dx = dy where y is positive, slope · dy
/// elsewhere.
/// </summary>
public sealed class Rectifier : Operation
{
    internal Rectifier(Value x, float slope)
        : base(x.Shape, [x]) => Slope = slope;

    /// <summary>Slope for negative values; 0 is ReLU.</summary>
    public float Slope { get; }

    internal override string LayerType => Slope == 0 ? "ReLU" : "LeakyReLU";

    internal override bool BackwardReadsOutput => true;

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        Elementwise<LeakyRectifier>.Run(run.Workers, x, x, run.Data(Output), Slope);
    }

    internal override void Backward(Run run) => Elementwise<LeakyRectifierGradient>.Run(
        run.Workers,
        run.Data(Output),
        run.Gradient(Output),
        run.Gradient(Inputs[0]),
        Slope,
        run.Adds(this, 0));
}
