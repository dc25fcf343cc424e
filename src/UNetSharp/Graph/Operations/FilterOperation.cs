using UNetSharp.Execution;
using UNetSharp.Kernels;
using UNetSharp.Kernels.Convolution;
using UNetSharp.Kernels.Normalization;
using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// What convolution and transposed convolution share. Each is the other's gradient by the input, so both are sums over
/// lattices of pixels; they differ in which lattices run forward, and in which channel index of the weight array is
/// the result's. In inference a batch norm and a rectifier that follow are part of the same step: the norm is an affine
/// map of each channel, and moves into weights and bias.
/// </summary>
public abstract unsafe class FilterOperation : Operation
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly BatchNormalization? _norm;
    private readonly float _slope;

    private protected FilterOperation(Shape output, Value x, Parameter weight, Parameter? bias)
        : base(output, [x], bias is null ? [weight] : [weight, bias])
    {
        (_weight, _bias) = (weight, bias);
        _slope = 1;
    }

    private protected FilterOperation(FilterOperation filter, BatchNormalization? norm, Rectifier? rectifier)
        : base(
            rectifier?.Output ?? norm?.Output ?? filter.Output,
            filter.Inputs,
            [.. filter.Parameters, .. norm?.Parameters ?? []])
    {
        (_weight, _bias, _norm) = (filter._weight, filter._bias, norm);
        _slope = rectifier?.Slope ?? 1;
    }

    /// <inheritdoc/>
    public override long Macs =>
        ForwardLattices.Sum(lattice => (long)lattice.TapCount * lattice.Rows.Count * lattice.Columns.Count)
        * Output.Shape.N * InChannels * OutChannels;

    /// <inheritdoc/>
    internal override bool BackwardReadsInputs => true;

    /// <inheritdoc/>
    internal override long PreparedFloats =>
        (HasEpilogueBias ? 2 * PaddedChannels : 0) + PackedFloats(ForwardLattices, InChannels, OutChannels);

    /// <summary>Lattices of the result, which gather from the input.</summary>
    private protected abstract Lattice[] ForwardLattices { get; }

    /// <summary>Lattices of the input's gradient, which gather from the result's gradient.</summary>
    private protected abstract Lattice[] BackwardLattices { get; }

    /// <summary>Whether the first index of the weight array is the result's channel.</summary>
    private protected abstract bool IsResultFirst { get; }

    private int InChannels => Inputs[0].Shape.C;

    private int OutChannels => Output.Shape.C;

    private int KernelTaps => _weight.Dims[2] * _weight.Dims[3];

    private int InStride => IsResultFirst ? KernelTaps : KernelTaps * OutChannels;

    private int OutStride => IsResultFirst ? KernelTaps * InChannels : KernelTaps;

    private bool HasEpilogueBias => _bias is not null || _norm is not null;

    private int PaddedChannels =>
        (OutChannels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;

    /// <summary>This operation with a batch norm, a rectifier or both behind it, as one.</summary>
    internal abstract FilterOperation Fused(BatchNormalization? norm, Rectifier? rectifier);

    /// <inheritdoc/>
    internal override long ForwardScratch(int workers) => workers * GatherScratch(ForwardLattices, InChannels);

    /// <inheritdoc/>
    internal override long BackwardScratch(int workers)
    {
        View x = new(null, Inputs[0].Shape, InChannels);
        View dy = new(null, Output.Shape, OutChannels);
        long input = PackedFloats(BackwardLattices, OutChannels, InChannels)
            + (workers * GatherScratch(BackwardLattices, OutChannels));
        long weight = IsResultFirst
            ? WeightGradient.ScratchFloats(x, dy, ForwardLattices[0], workers)
            : WeightGradient.ScratchFloats(dy, x, BackwardLattices[0], workers);
        return Math.Max(Math.Max(input, weight), ChannelSums.ScratchFloats(dy.Pixels, OutChannels));
    }

    /// <inheritdoc/>
    internal override void Prepare(Run run)
    {
        float* bias = run.Prepared(this);
        float* scale = bias + PaddedChannels;
        if (HasEpilogueBias)
        {
            new Span<float>(bias, 2 * PaddedChannels).Clear();
            PrepareAffine(bias, scale);
        }

        float* packed = HasEpilogueBias ? scale + PaddedChannels : bias;
        Pack(run, ForwardLattices, InChannels, InStride, OutChannels, OutStride, HasEpilogueBias ? scale : null, packed);
    }

    /// <inheritdoc/>
    internal override void Forward(Run run)
    {
        float* packed = run.Prepared(this) + (HasEpilogueBias ? 2 * PaddedChannels : 0);
        var epilogue = new Epilogue(HasEpilogueBias ? run.Prepared(this) : null, _slope);
        View x = run.Data(Inputs[0]);
        View y = run.Data(Output);
        Gather(run, ForwardLattices, x, y, packed, epilogue, adds: false, run.ForwardScratch(this));
    }

    /// <inheritdoc/>
    internal override void Backward(Run run)
    {
        View x = run.Data(Inputs[0]);
        View dy = run.Gradient(Output);
        float* scratch = run.BackwardScratch(this);
        if (_bias is not null)
        {
            ChannelSums.Of(run.Workers, dy, _bias.GradientPointer, scratch);
        }

        if (IsResultFirst)
        {
            WeightGradient.Run(run.Workers, x, dy, ForwardLattices[0], _weight.GradientPointer, scratch);
        }
        else
        {
            WeightGradient.Run(run.Workers, dy, x, BackwardLattices[0], _weight.GradientPointer, scratch);
        }

        if (run.Wants(Inputs[0]))
        {
            Pack(run, BackwardLattices, OutChannels, OutStride, InChannels, InStride, null, scratch);
            float* workerScratch = scratch + PackedFloats(BackwardLattices, OutChannels, InChannels);
            View dx = run.Gradient(Inputs[0]);
            Gather(run, BackwardLattices, dy, dx, scratch, Epilogue.None, run.Adds(this, 0), workerScratch);
        }
    }

    private static long PackedFloats(Lattice[] lattices, int source, int result)
    {
        long floats = 0;
        foreach (Lattice lattice in lattices)
        {
            floats += new PackedWeights(lattice.TapCount, source, result).Floats;
        }

        return floats;
    }

    private static long GatherScratch(Lattice[] lattices, int source) =>
        lattices.Max(lattice => GatherConvolution.ScratchFloats(lattice.TapCount, source));

    private static void Gather(
        Run run, Lattice[] lattices, View source, View result, float* packed, Epilogue epilogue, bool adds, float* scratch)
    {
        foreach (Lattice lattice in lattices)
        {
            GatherConvolution.Run(run.Workers, source, result, lattice, packed, epilogue, adds, scratch);
            packed += new PackedWeights(lattice.TapCount, source.Channels, result.Channels).Floats;
        }
    }

    private void Pack(
        Run run, Lattice[] lattices, int source, int sourceStride, int result, int resultStride, float* scale, float* to)
    {
        foreach (Lattice lattice in lattices)
        {
            var layout = new PackedWeights(lattice.TapCount, source, result);
            var job = new PackedWeights.Pack(
                layout, lattice.Taps, _weight.Pointer, sourceStride, resultStride, scale, to);
            run.Workers.Run(layout.Panels, job);
            to += layout.Floats;
        }
    }

    private void PrepareAffine(float* bias, float* scale)
    {
        for (int c = 0; c < OutChannels; c++)
        {
            float own = _bias is null ? 0 : _bias.Data[c];
            (float factor, float shift) = _norm is null ? (1, 0) : _norm.RunningAffine(c);
            scale[c] = factor;
            bias[c] = (own * factor) + shift;
        }
    }
}
