using UNetSharp.Execution;
using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// y = min(max(x, 0), most), which is ReLU6 where most is 6. Backward: dx = dy where y is between the bounds, zero
/// elsewhere.
/// </summary>
public sealed class Clipping : Operation
{
    private readonly float _most;

    internal Clipping(Value x, float most)
        : base(x.Shape, [x]) => _most = most;

    internal override string LayerType => "Hardtanh";

    internal override bool BackwardReadsOutput => true;

    internal override void Forward(Run run)
    {
        View x = run.Data(Inputs[0]);
        Elementwise<Clip>.Run(run.Workers, x, x, run.Data(Output), _most);
    }

    internal override void Backward(Run run) => Elementwise<ClipGradient>.Run(
        run.Workers,
        run.Data(Output),
        run.Gradient(Output),
        run.Gradient(Inputs[0]),
        _most,
        run.Adds(this, 0));
}
