using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Convolution;
using UNetSharp.Kernels.Normalization;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Convolution of every channel with a filter of its own (a convolution of as many groups as channels): (N, C, H, W) →
/// (N, C, H′, W′), weight (C, 1, kernel, kernel), y[c] = b[c] + x[c] ⋆ w[c]. Backward: dx[c] gathers dy[c] through the
/// same weights; dw[c] = Σ x[c] ⊗ dy[c]; db[c] = Σ dy[c].
/// </summary>
public sealed unsafe class DepthwiseConvolution : Operation
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly Axis _rows;
    private readonly Axis _columns;

    internal DepthwiseConvolution(Value x, Parameter weight, Parameter? bias, Axis rows, Axis columns)
        : base(ResultShape(x.Shape, weight, rows, columns), [x], bias is null ? [weight] : [weight, bias]) =>
        (_weight, _bias, _rows, _columns) = (weight, bias, rows, columns);

    /// <inheritdoc/>
    public override long Macs => Output.Shape.Count * Taps;

    internal override string LayerType => "Conv2d";

    internal override bool BackwardReadsInputs => true;

    internal override long PreparedFloats => (Taps + 1L) * Channels;

    private int Taps => _rows.Kernel * _columns.Kernel;

    private int Channels => Output.Shape.C;

    internal override ReceptiveField? FieldOver(ReceptiveField input) =>
        _rows == _columns ? input.Windowed(_rows) : null;

    internal override long BackwardScratch(int workers) =>
        Math.Max((long)Taps * Channels, ChannelSums.ScratchFloats((int)Output.Shape.Pixels, Channels));

    internal override void Prepare(Run run)
    {
        float* prepared = run.Prepared(this);
        Turn(_weight.Pointer, prepared, Channels, Taps);
        Span<float> bias = new(prepared + (Taps * Channels), Channels);
        bias.Clear();
        _bias?.Data.CopyTo(bias);
    }

    internal override void Forward(Run run)
    {
        float* prepared = run.Prepared(this);
        Depthwise.Run(
            run.Workers,
            run.Data(Inputs[0]),
            run.Data(Output),
            _rows,
            _columns,
            weights: prepared,
            bias: prepared + (Taps * Channels));
    }

    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        float* scratch = run.BackwardScratch(this);
        if (_bias is not null)
        {
            ChannelSums.Of(run.Workers, dy, _bias.GradientPointer, scratch);
        }

        DepthwiseGradient.Weights(run.Workers, run.Data(Inputs[0]), dy, _rows, _columns, scratch);
        Turn(scratch, _weight.GradientPointer, Taps, Channels);
        if (run.Wants(Inputs[0]))
        {
            Turn(_weight.Pointer, scratch, Channels, Taps);
            DepthwiseGradient.Input(
                run.Workers, dy, run.Gradient(Inputs[0]), _rows, _columns, scratch, run.Adds(this, 0));
        }
    }

    /// <summary>Rows become columns.</summary>
    private static void Turn(float* from, float* to, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                to[((long)column * rows) + row] = from[((long)row * columns) + column];
            }
        }
    }

    private static Shape ResultShape(Shape x, Parameter weight, Axis rows, Axis columns)
    {
        if (weight.Dims[0] != x.C || weight.Dims[1] != 1)
        {
            throw new ShapeException($"Depthwise convolution {weight.Name} of shape ({string.Join(", ", weight.Dims)}) "
                + $"does not fit its input, {x}.");
        }

        Shape result = x with { H = rows.Positions(x.H), W = columns.Positions(x.W) };
        return result.H >= 1 && result.W >= 1
            ? result
            : throw new ShapeException(
                $"Depthwise convolution {weight.Name}: an input of {x} is smaller than the kernel.");
    }
}
