using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Transposed convolution, the gradient of a convolution by its input: each input pixel adds its value times
/// weight[i, o, p, q] to result pixel h · stride − padding + p · dilation.
/// (N, inC, H, W) → (N, outC, H′, W′), H′ = (H − 1) · stride − 2 · padding + dilation · (kernel − 1) + 1 +
/// output padding. Backward: dx is the convolution of dy; dweight = Σ dy ⊗ x; db = Σ dy.
/// </summary>
public sealed class TransposedConvolution : FilterOperation
{
    internal TransposedConvolution(
        Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns, int outputPadding)
        : base(ResultShape(x.Shape, weight, rows, columns, outputPadding), x, weight, bias, rows, columns) =>
        OutputPadding = outputPadding;

    /// <summary>Rows and columns that the result has more at the bottom and at the right.</summary>
    public int OutputPadding { get; }

    /// <inheritdoc/>
    public override string LayerType => "ConvTranspose2d";

    private protected override long TapsOfAllPixels =>
        Rows.TransposedTaps(Output.Shape.H) * Columns.TransposedTaps(Output.Shape.W);

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        Rows == Columns ? input.AfterTransposed(Rows) : null;

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns, int outputPadding)
    {
        if (weight.Dims[0] != x.C)
        {
            throw new ShapeException($"Transposed convolution {weight.Name} of shape "
                + $"({string.Join(", ", weight.Dims)}) reads {weight.Dims[0]} channels, but its input is {x}.");
        }

        (int height, int width) = (rows.TransposedSize(x.H, outputPadding), columns.TransposedSize(x.W, outputPadding));
        return height >= 1 && width >= 1
            ? Shape.Nchw(x.N, weight.Dims[1], height, width)
            : throw new ShapeException($"Transposed convolution {weight.Name} of {x} leaves no pixel: "
                + $"{height} rows and {width} columns.");
    }
}
