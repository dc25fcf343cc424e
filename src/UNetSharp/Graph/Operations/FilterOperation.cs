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
/// map of each channel, and moves into weights and bias. A plan may choose a faster way than the direct one, and leaves
/// out the gradients of weights and bias where nobody trains them.
/// </summary>
public abstract unsafe class FilterOperation : Operation
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly FilterTail _tail;
    private readonly bool _isExact;
    private readonly bool _isFixed;
    private readonly Lazy<FilterPass> _forward;
    private readonly Lazy<FilterPass> _backward;

    private protected FilterOperation(Shape output, Value x, Parameter weight, Parameter? bias)
        : base(output, [x], bias is null ? [weight] : [weight, bias])
    {
        (_weight, _bias) = (weight, bias);
        _tail = FilterTail.None;
        _isExact = true;
        _forward = new Lazy<FilterPass>(ForwardPass);
        _backward = new Lazy<FilterPass>(BackwardPass);
    }

    private protected FilterOperation(FilterOperation filter, FilterTail tail, bool isExact, bool isFixed)
        : base(
            tail.ResultOf(filter.Output),
            tail.Added(filter.Output) is { } added ? [.. filter.Inputs, added] : filter.Inputs,
            [.. filter.Parameters, .. tail.Norm?.Parameters ?? []])
    {
        (_weight, _bias, _tail) = (filter._weight, filter._bias, tail);
        (_isExact, _isFixed) = (isExact, isFixed);
        _forward = new Lazy<FilterPass>(ForwardPass);
        _backward = new Lazy<FilterPass>(BackwardPass);
    }

    /// <inheritdoc/>
    public override long Macs =>
        ForwardLattices.Sum(lattice => (long)lattice.TapCount * lattice.Rows.Count * lattice.Columns.Count)
        * Output.Shape.N * InChannels * OutChannels;

    /// <inheritdoc/>
    internal override Value? SecondOutput => _tail.Pooling?.Output;

    /// <summary>Whether it can do the whole of a <see cref="FilterTail"/>, and not only a norm and a rectifier.</summary>
    internal bool FinishesTiles => _forward.Value.FinishesTiles;

    /// <summary>Blocks of its results whose statistics it tells.</summary>
    internal int StatisticsBlocks => _tail.TellsStatistics ? _forward.Value.StatisticsBlocks : 0;

    /// <inheritdoc/>
    internal override long SavedFloats =>
        (long)StatisticsBlocks * (PaddedChannels / PackedWeights.PanelWidth) * TileStatistics.Floats;

    /// <inheritdoc/>
    internal override bool IsTrained => !_isFixed && base.IsTrained;

    /// <inheritdoc/>
    internal override bool BackwardReadsInputs => !_isFixed;

    /// <inheritdoc/>
    internal override long PreparedFloats => (HasEpilogueBias ? 2 * PaddedChannels : 0) + _forward.Value.PackedFloats;

    /// <summary>Lattices of the result, which gather from the input.</summary>
    private protected abstract Lattice[] ForwardLattices { get; }

    /// <summary>Lattices of the input's gradient, which gather from the result's gradient.</summary>
    private protected abstract Lattice[] BackwardLattices { get; }

    /// <summary>Whether the first index of the weight array is the result's channel.</summary>
    private protected abstract bool IsResultFirst { get; }

    /// <summary>Whether every product is computed as it is defined, or faster where that is possible.</summary>
    private protected bool IsExact => _isExact;

    private protected int InChannels => Inputs[0].Shape.C;

    private protected int OutChannels => Output.Shape.C;

    /// <summary>Where weights lie, as the forward run reads them.</summary>
    private protected FilterPass.Order ForwardOrder => new(InChannels, InStride, OutChannels, OutStride);

    /// <summary>Where weights lie, as the gradient by the input reads them.</summary>
    private protected FilterPass.Order BackwardOrder => new(OutChannels, OutStride, InChannels, InStride);

    private int KernelTaps => _weight.Dims[2] * _weight.Dims[3];

    private int InStride => IsResultFirst ? KernelTaps : KernelTaps * OutChannels;

    private int OutStride => IsResultFirst ? KernelTaps * InChannels : KernelTaps;

    private bool HasEpilogueBias => _bias is not null || _tail.Norm is not null;

    private int PaddedChannels =>
        (OutChannels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;

    /// <summary>
    /// This operation as a plan runs it, as one with what is behind it.
    /// </summary>
    /// <param name="tail">The operations behind it.</param>
    /// <param name="isExact">Whether every product is computed as it is defined, or faster where that is possible.</param>
    /// <param name="isFixed">Whether weights and bias stand still, so that nobody asks for their gradients.</param>
    internal abstract FilterOperation Planned(FilterTail tail, bool isExact, bool isFixed);

    /// <inheritdoc/>
    internal override long ForwardScratch(int workers) =>
        _forward.Value.ScratchFloats(Inputs[0].Shape, Output.Shape, workers);

    /// <inheritdoc/>
    internal override long BackwardScratch(int workers)
    {
        long input = _backward.Value.PackedFloats
            + _backward.Value.ScratchFloats(Output.Shape, Inputs[0].Shape, workers);
        if (_isFixed)
        {
            return input;
        }

        View x = new(null, Inputs[0].Shape, InChannels);
        View dy = new(null, Output.Shape, OutChannels);
        long weight = WeightGradientScratch(x, dy, workers);
        return Math.Max(Math.Max(input, weight), ChannelSums.ScratchFloats(dy.Pixels, OutChannels));
    }

    /// <inheritdoc/>
    internal override void Prepare(Run run)
    {
        if (HasEpilogueBias)
        {
            float* bias = run.Prepared(this);
            new Span<float>(bias, 2 * PaddedChannels).Clear();
            PrepareAffine(bias, bias + PaddedChannels);
        }

        _forward.Value.Pack(run.Workers, ForwardFilters(run));
    }

    /// <inheritdoc/>
    internal override void Forward(Run run)
    {
        Epilogue epilogue = new(HasEpilogueBias ? run.Prepared(this) : null, _tail.Rectifier?.Slope ?? 1)
        {
            Added = _tail.Addition is null ? default : run.Data(Inputs[^1]),
            Pooled = SecondOutput is null ? default : run.Data(SecondOutput),
            Statistics = _tail.TellsStatistics ? run.Saved(this) : null,
        };
        View x = run.Data(Inputs[0]);
        View y = run.Data(Output);
        _forward.Value.Run(run.Workers, x, y, ForwardFilters(run), epilogue, adds: false, run.ForwardScratch(this));
    }

    /// <inheritdoc/>
    internal override void Backward(Run run)
    {
        View dy = run.Gradient(Output);
        float* scratch = run.BackwardScratch(this);
        if (!_isFixed)
        {
            RunParameterGradients(run, dy, scratch);
        }

        if (run.Wants(Inputs[0]))
        {
            FilterPass pass = _backward.Value;
            FilterPass.Filters filters = new(_weight.Pointer, scale: null, packed: scratch);
            pass.Pack(run.Workers, filters);
            View dx = run.Gradient(Inputs[0]);
            float* rest = scratch + pass.PackedFloats;
            pass.Run(run.Workers, dy, dx, filters, Epilogue.None, run.Adds(this, 0), rest);
        }
    }

    /// <summary>Scratch floats of the gradient by the weights.</summary>
    private protected abstract long WeightGradientScratch(View x, View dy, int workers);

    /// <summary>Computes the gradient by the weights.</summary>
    private protected abstract void RunWeightGradient(Workers workers, View x, View dy, float* gradient, float* scratch);

    /// <summary>How results are computed.</summary>
    private protected virtual FilterPass ForwardPass() => new DirectPass(ForwardLattices, ForwardOrder);

    /// <summary>How the gradient by the input is computed.</summary>
    private protected virtual FilterPass BackwardPass() => new DirectPass(BackwardLattices, BackwardOrder);

    private void RunParameterGradients(Run run, View dy, float* scratch)
    {
        if (_bias is not null)
        {
            ChannelSums.Of(run.Workers, dy, _bias.GradientPointer, scratch);
        }

        RunWeightGradient(run.Workers, run.Data(Inputs[0]), dy, _weight.GradientPointer, scratch);
    }

    private FilterPass.Filters ForwardFilters(Run run)
    {
        float* prepared = run.Prepared(this);
        return new(
            _weight.Pointer,
            scale: _tail.Norm is null ? null : prepared + PaddedChannels,
            packed: HasEpilogueBias ? prepared + (2 * PaddedChannels) : prepared);
    }

    private void PrepareAffine(float* bias, float* scale)
    {
        for (int c = 0; c < OutChannels; c++)
        {
            float own = _bias is null ? 0 : _bias.Data[c];
            (float factor, float shift) = _tail.Norm is null ? (1, 0) : _tail.Norm.RunningAffine(c);
            scale[c] = factor;
            bias[c] = (own * factor) + shift;
        }
    }
}
