using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// What convolution and transposed convolution have in common: weights, an optional bias, and a window that moves along
/// both axes. Each is the other's gradient by the input.
/// </summary>
public abstract class FilterOperation : Operation
{
    private protected FilterOperation(
        Shape output, Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(output, [x], bias is null ? [weight] : [weight, bias]) =>
        (Weight, Bias, Rows, Columns) = (weight, bias, rows, columns);

    /// <summary>The weights, in PyTorch's layout.</summary>
    public Parameter Weight { get; }

    /// <summary>A number for each channel of the result, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>How the window moves along the height.</summary>
    public Axis Rows { get; }

    /// <summary>How the window moves along the width.</summary>
    public Axis Columns { get; }

    /// <inheritdoc/>
    public override long Macs => TapsOfAllPixels * Output.Shape.N * Inputs[0].Shape.C * Output.Shape.C;

    /// <summary>Taps of the window that reach a result pixel, summed over the pixels of one channel.</summary>
    private protected abstract long TapsOfAllPixels { get; }
}
