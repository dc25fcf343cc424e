using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Every channel of a pixel times the pixel's gate: y[c] = x[c] · g, (N, C, H, W) and (N, 1, H, W) → (N, C, H, W).
/// Backward: dx[c] = dy[c] · g, dg = Σ dy[c] · x[c].
/// </summary>
public sealed class Gating : Operation
{
    internal Gating(Value x, Value gate)
        : base(x.Shape, [x, gate])
    {
        if (gate.Shape != x.Shape.WithChannels(1))
        {
            throw new ShapeException(
                $"A gate for {x.Shape} must be {x.Shape.WithChannels(1)}, but {gate.Shape} came.");
        }
    }

    internal override bool BackwardReadsInputs => true;

    internal override void Forward(Run run) =>
        PixelScale.Run(run.Workers, run.Data(Inputs[0]), run.Data(Inputs[1]), run.Data(Output), adds: false);

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        if (run.Wants(Inputs[0]))
        {
            PixelScale.Run(run.Workers, dy, run.Data(Inputs[1]), run.Gradient(Inputs[0]), run.Adds(this, 0));
        }

        if (run.Wants(Inputs[1]))
        {
            PixelDot.Run(run.Workers, dy, run.Data(Inputs[0]), run.Gradient(Inputs[1]), run.Adds(this, 1));
        }
    }
}
