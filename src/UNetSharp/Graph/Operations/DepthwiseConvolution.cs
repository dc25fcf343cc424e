using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Convolution of every channel with a filter of its own (a convolution of as many groups as channels): (N, C, H, W) →
/// (N, C, H′, W′), weight (C, 1, kernel, kernel), y[c] = b[c] + x[c] ⋆ w[c]. Backward: dx[c] gathers dy[c] through the
/// same weights; dw[c] = Σ x[c] ⊗ dy[c]; db[c] = Σ dy[c].
/// </summary>
public sealed class DepthwiseConvolution : Operation
{
    internal DepthwiseConvolution(Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(ResultShape(x.Shape, weight, rows, columns), [x], bias is null ? [weight] : [weight, bias]) =>
        (Weight, Bias, Rows, Columns) = (weight, bias, rows, columns);

    /// <summary>The weights, (C, 1, kernel, kernel).</summary>
    public Parameter Weight { get; }

    /// <summary>A number for each channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>How the window moves down the rows.</summary>
    public Axis Rows { get; }

    /// <summary>How the window moves across the columns.</summary>
    public Axis Columns { get; }

    /// <inheritdoc/>
    public override long Macs => Output.Shape.Count * Rows.Kernel * Columns.Kernel;

    /// <inheritdoc/>
    public override string LayerType => "Conv2d";

    /// <inheritdoc/>
    public override ReceptiveField? ReceptiveFieldOver(ReceptiveField input) =>
        Rows == Columns ? input.AfterWindow(Rows) : null;

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns)
    {
        if (weight.Dims[0] != x.C || weight.Dims[1] != 1)
        {
            throw new ShapeException($"Depthwise convolution {weight.Name} of shape ({string.Join(", ", weight.Dims)}) "
                + $"does not fit its input, {x}.");
        }

        (int height, int width) = (rows.CountPositions(x.H), columns.CountPositions(x.W));
        return height >= 1 && width >= 1
            ? x.WithSize(height, width)
            : throw new ShapeException(
                $"Depthwise convolution {weight.Name}: an input of {x} is smaller than the kernel.");
    }
}
