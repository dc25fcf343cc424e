using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Convolution;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Transposed convolution, the gradient of a convolution by its input: each input pixel adds its value times
/// weight[i, o, p, q] to result pixel h · stride − padding + p · dilation.
/// (N, inC, H, W) → (N, outC, H′, W′), H′ = (H − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1 +
/// output padding. Backward: dx is the convolution of dy; dweight = Σ dy ⊗ x; db = Σ dy.
/// </summary>
public sealed unsafe class TransposedConvolution : FilterOperation
{
    private readonly Lattice[] _forward;
    private readonly Lattice[] _backward;
    private readonly Axis _rows;
    private readonly Axis _columns;

    internal TransposedConvolution(
        Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns, int outputPadding)
        : base(ResultShape(x.Shape, weight, rows, columns, outputPadding), x, weight, bias)
    {
        (_rows, _columns, OutputPadding) = (rows, columns, outputPadding);
        _forward = Lattice.OfTransposed(rows, columns, Output.Shape.H, Output.Shape.W);
        _backward = [Lattice.OfConvolution(rows, columns, x.Shape.H, x.Shape.W)];
    }

    private TransposedConvolution(TransposedConvolution convolution, FilterTail tail, bool isExact, bool isFixed)
        : base(convolution, tail, isExact, isFixed)
    {
        (_rows, _columns, OutputPadding) = (convolution._rows, convolution._columns, convolution.OutputPadding);
        _forward = convolution._forward;
        _backward = convolution._backward;
    }

    /// <summary>How the window moves down the rows of the result.</summary>
    internal Axis Rows => _rows;

    /// <summary>How the window moves across the columns of the result.</summary>
    internal Axis Columns => _columns;

    /// <summary>Rows and columns that the result has more at the bottom and at the right.</summary>
    internal int OutputPadding { get; }

    internal override string LayerType => "ConvTranspose2d";

    private protected override Lattice[] ForwardLattices => _forward;

    private protected override Lattice[] BackwardLattices => _backward;

    private protected override bool IsResultFirst => false;

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        _rows == _columns ? input.Transposed(_rows) : null;

    internal override FilterOperation Planned(FilterTail tail, bool isExact, bool isFixed) =>
        new TransposedConvolution(this, tail, isExact, isFixed);

    private protected override long WeightGradientScratch(View x, View dy, int workers) =>
        WeightGradient.ScratchFloats(dy, x, _backward[0], workers);

    private protected override void RunWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch) =>
        WeightGradient.Run(workers, dy, x, _backward[0], gradient, scratch);

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns, int outputPadding)
    {
        if (weight.Dims[0] != x.C)
        {
            throw new ShapeException($"Transposed convolution {weight.Name} of shape "
                + $"({string.Join(", ", weight.Dims)}) reads {weight.Dims[0]} channels, but its input is {x}.");
        }

        var result = new Shape(
            x.N, rows.Transposed(x.H, outputPadding), columns.Transposed(x.W, outputPadding), weight.Dims[1]);
        if (result.H < 1 || result.W < 1)
        {
            throw new ShapeException($"Transposed convolution {weight.Name} of {x} leaves no pixel: {result}.");
        }

        return result;
    }
}
