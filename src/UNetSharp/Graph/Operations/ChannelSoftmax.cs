using UNetSharp.Execution;
using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Softmax over the channels of each pixel: y[c] = exp(x[c] − max) / Σ exp(x[k] − max).
/// Backward: dx[c] = y[c] · (dy[c] − Σ dy[k] · y[k]).
/// </summary>
public sealed class ChannelSoftmax : Operation
{
    internal ChannelSoftmax(Value x)
        : base(x.Shape, [x])
    {
    }

    internal override string LayerType => "Softmax";

    internal override bool BackwardReadsOutput => true;

    internal override void Forward(Run run) => Softmax.Run(run.Workers, run.Data(Inputs[0]), run.Data(Output));

    internal override void Backward(Run run) => SoftmaxGradient.Run(
        run.Workers, run.Data(Output), run.Gradient(Output), run.Gradient(Inputs[0]), run.Adds(this, 0));
}
