using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Convolution: y[n, o, h, w] = b[o] + Σ x[n, i, h · stride − padding + p · dilation, …] · weight[o, i, p, q].
/// (N, inC, H, W) → (N, outC, H′, W′), H′ = (H + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1.
/// Backward: dx gathers dy through the same weights the other way round; dweight = Σ x ⊗ dy; db = Σ dy.
/// </summary>
public sealed class Convolution : FilterOperation
{
    internal Convolution(Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(ResultShape(x.Shape, weight, rows, columns), x, weight, bias, rows, columns)
    {
    }

    /// <inheritdoc/>
    public override string LayerType => "Conv2d";

    private protected override long TapsOfAllPixels =>
        (long)Rows.Kernel * Columns.Kernel * Output.Shape.H * Output.Shape.W;

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        Rows == Columns ? input.AfterWindow(Rows) : null;

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns)
    {
        if (weight.Dims[1] != x.C)
        {
            throw new ShapeException($"Convolution {weight.Name} of shape ({string.Join(", ", weight.Dims)}) reads "
                + $"{weight.Dims[1]} channels, but its input is {x}.");
        }

        (int height, int width) = (rows.CountPositions(x.H), columns.CountPositions(x.W));
        return height >= 1 && width >= 1
            ? Shape.Nchw(x.N, weight.Dims[0], height, width)
            : throw new ShapeException($"Convolution {weight.Name}: an input of {x} is smaller than the kernel "
                + $"({rows.Extent}x{columns.Extent} with padding {rows.Padding}). Use a larger image.");
    }
}
