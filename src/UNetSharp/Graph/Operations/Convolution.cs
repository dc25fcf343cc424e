using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Convolution;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Convolution: y[n, o, h, w] = b[o] + Σ x[n, i, h · stride − padding + p · dilation, …] · weight[o, i, p, q].
/// (N, inC, H, W) → (N, outC, H′, W′), H′ = (H + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1.
/// Backward: dx gathers dy through the same weights the other way round; dweight = Σ x ⊗ dy; db = Σ dy.
/// </summary>
public sealed unsafe class Convolution : FilterOperation
{
    private readonly Lattice[] _forward;
    private readonly Lattice[] _backward;
    private readonly Axis _rows;
    private readonly Axis _columns;

    internal Convolution(Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(ResultShape(x.Shape, weight, rows, columns), x, weight, bias)
    {
        (_rows, _columns) = (rows, columns);
        _forward = [Lattice.OfConvolution(rows, columns, Output.Shape.H, Output.Shape.W)];
        _backward = Lattice.OfTransposed(rows, columns, x.Shape.H, x.Shape.W);
    }

    private Convolution(
        Convolution convolution, BatchNormalization? norm, Rectifier? rectifier, bool isExact)
        : base(convolution, norm, rectifier, isExact)
    {
        (_rows, _columns) = (convolution._rows, convolution._columns);
        _forward = convolution._forward;
        _backward = convolution._backward;
    }

    internal override string LayerType => "Conv2d";

    private protected override Lattice[] ForwardLattices => _forward;

    private protected override Lattice[] BackwardLattices => _backward;

    private protected override bool IsResultFirst => true;

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        _rows == _columns ? input.Windowed(_rows) : null;

    internal override FilterOperation Planned(BatchNormalization? norm, Rectifier? rectifier, bool isExact) =>
        new Convolution(this, norm, rectifier, isExact);

    private protected override FilterPass ForwardPass() => FastWindow(Output.Shape, InChannels) is { } window
        ? new WinogradPass(window, isFlipped: false, ForwardOrder)
        : base.ForwardPass();

    private protected override FilterPass BackwardPass() => FastWindow(Inputs[0].Shape, OutChannels) is { } window
        ? new WinogradPass(window.Backward, isFlipped: true, BackwardOrder)
        : base.BackwardPass();

    private protected override long WeightGradientScratch(View x, View dy, int workers) =>
        FastWindow(dy.Shape, InChannels) is { } window
            ? WinogradWeightGradient.ScratchFloats(x, dy, window)
            : WeightGradient.ScratchFloats(x, dy, _forward[0], workers);

    private protected override void RunWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch)
    {
        if (FastWindow(dy.Shape, InChannels) is { } window)
        {
            WinogradWeightGradient.Run(workers, x, dy, window, gradient, scratch);
        }
        else
        {
            WeightGradient.Run(workers, x, dy, _forward[0], gradient, scratch);
        }
    }

    /// <summary>The window, if this is a convolution that can be computed faster than directly, and may be.</summary>
    private WinogradWindow? FastWindow(Shape result, int sourceChannels) =>
        !IsExact && WinogradPass.Wins(result, sourceChannels) ? WinogradWindow.Of(_rows, _columns) : null;

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns)
    {
        if (weight.Dims[1] != x.C)
        {
            throw new ShapeException($"Convolution {weight.Name} of shape ({string.Join(", ", weight.Dims)}) reads "
                + $"{weight.Dims[1]} channels, but its input is {x}.");
        }

        var result = new Shape(x.N, rows.Positions(x.H), columns.Positions(x.W), weight.Dims[0]);
        if (result.H < 1 || result.W < 1)
        {
            throw new ShapeException($"Convolution {weight.Name}: an input of {x} is smaller than the kernel "
                + $"({rows.Extent}x{columns.Extent} with padding {rows.Padding}). Use a larger image.");
        }

        return result;
    }
}
