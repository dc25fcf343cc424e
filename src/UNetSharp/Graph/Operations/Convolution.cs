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
    private readonly WinogradWindow? _window;
    private readonly WinogradMethod? _weightMethod;

    internal Convolution(Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(ResultShape(x.Shape, weight, rows, columns), x, weight, bias)
    {
        (_rows, _columns, _window) = (rows, columns, WinogradWindow.Of(rows, columns));
        _forward = [Lattice.OfConvolution(rows, columns, Output.Shape.H, Output.Shape.W)];
        _backward = Lattice.OfTransposed(rows, columns, x.Shape.H, x.Shape.W);
    }

    private Convolution(Convolution convolution, FilterTail tail, bool isExact, bool isFixed)
        : base(convolution, tail, isExact, isFixed)
    {
        (_rows, _columns, _window) = (convolution._rows, convolution._columns, convolution._window);
        _weightMethod = Fast(convolution.Output.Shape, InChannels, _window);
        _forward = convolution._forward;
        _backward = convolution._backward;
    }

    /// <summary>How the window moves down the rows.</summary>
    internal Axis Rows => _rows;

    /// <summary>How the window moves across the columns.</summary>
    internal Axis Columns => _columns;

    internal override string LayerType => "Conv2d";

    private protected override Lattice[] ForwardLattices => _forward;

    private protected override Lattice[] BackwardLattices => _backward;

    private protected override bool IsResultFirst => true;

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        _rows == _columns ? input.Windowed(_rows) : null;

    internal override FilterOperation Planned(FilterTail tail, bool isExact, bool isFixed) =>
        new Convolution(this, tail, isExact, isFixed);

    private protected override FilterPass ForwardPass()
    {
        WinogradMethod? method =
            NarrowConvolution.Suits(InChannels, OutChannels) ? null : Fast(Output.Shape, InChannels, _window);
        return method?.Pass(Inputs[0].Shape, Output.Shape, _window!.Value, isFlipped: false, ForwardOrder)
            ?? base.ForwardPass();
    }

    private protected override FilterPass BackwardPass() =>
        Fast(Inputs[0].Shape, OutChannels, _window?.Backward)
            ?.Pass(Output.Shape, Inputs[0].Shape, _window!.Value.Backward, isFlipped: true, BackwardOrder)
        ?? base.BackwardPass();

    private protected override long WeightGradientScratch(View x, View dy, int workers) =>
        _weightMethod?.WeightGradientScratch(x, dy, _window!.Value, workers)
            ?? WeightGradient.ScratchFloats(x, dy, _forward[0], workers);

    private protected override void RunWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch)
    {
        if (_weightMethod is not null)
        {
            _weightMethod.WeightGradient(workers, x, dy, _window!.Value, gradient, scratch);
        }
        else
        {
            WeightGradient.Run(workers, x, dy, _forward[0], gradient, scratch);
        }
    }

    /// <summary>A faster way than the direct one, if there is one and it may be used.</summary>
    private WinogradMethod? Fast(Shape result, int sourceChannels, WinogradWindow? window) =>
        IsExact || window is null ? null : WinogradMethod.Fastest(result, sourceChannels, window.Value);

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
