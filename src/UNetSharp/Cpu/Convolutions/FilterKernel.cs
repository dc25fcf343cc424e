using UNetSharp.Cpu.Normalization;
using UNetSharp.Execution;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// What the kernels of convolution and transposed convolution share. Each is the other's gradient by the input, so both
/// are sums over lattices of pixels; they differ in which lattices are forward, and in which channel index of the
/// weight array is the result's. In inference a batch norm and a ReLU that follow are fused: the norm is an affine map
/// of each channel, and moves into weights and bias. Gradients of weights and bias are left out where they are frozen.
/// </summary>
internal abstract unsafe class FilterKernel : Kernel
{
    private readonly FilterOperation _filter;
    private readonly FilterTail _tail;
    private readonly bool _isFrozen;
    private readonly Lazy<FilterPass> _forward;
    private readonly Lazy<FilterPass> _backward;

    private protected FilterKernel(FilterOperation filter, FilterTail tail, bool isExact, bool isFrozen)
        : base(
            filter,
            tail.AddedTo(filter.Output) is { } added ? [.. filter.Inputs, added] : filter.Inputs,
            tail.Pool is { } pool ? [tail.GetResult(filter.Output), pool.Output] : [tail.GetResult(filter.Output)],
            [.. filter.Parameters, .. tail.Norm?.Parameters ?? []])
    {
        (_filter, _tail, IsExact, _isFrozen) = (filter, tail, isExact, isFrozen);
        _forward = new Lazy<FilterPass>(CreateForwardPass);
        _backward = new Lazy<FilterPass>(CreateBackwardPass);
    }

    /// <summary>
    /// Whether it can compute the whole of a <see cref="FilterTail"/>, and not only a norm and a ReLU.
    /// </summary>
    public bool FinishesTiles => _forward.Value.FusesTail;

    /// <summary>Blocks of its results whose statistics it computes.</summary>
    public int StatisticsBlocks => _tail.ComputesStatistics ? _forward.Value.StatisticsBlocks : 0;

    /// <inheritdoc/>
    public override long SavedFloats =>
        (long)StatisticsBlocks * (PaddedChannels / PackedWeights.PanelWidth) * TileStatistics.Floats;

    /// <inheritdoc/>
    public override bool ComputesParameterGradients => !_isFrozen && base.ComputesParameterGradients;

    /// <inheritdoc/>
    public override bool BackwardReadsInputs => !_isFrozen;

    /// <inheritdoc/>
    public override long PreparedFloats => (HasEpilogueBias ? 2 * PaddedChannels : 0) + _forward.Value.PackedFloats;

    /// <summary>Lattices of the result, which gather from the input.</summary>
    private protected abstract Lattice[] ForwardLattices { get; }

    /// <summary>Lattices of the input's gradient, which gather from the result's gradient.</summary>
    private protected abstract Lattice[] BackwardLattices { get; }

    /// <summary>Whether the first index of the weight array is the result's channel.</summary>
    private protected abstract bool IsResultFirst { get; }

    /// <summary>Whether every product is computed as it is defined, or faster where that is possible.</summary>
    private protected bool IsExact { get; }

    private protected int InChannels => Inputs[0].Shape.C;

    private protected int OutChannels => Output.Shape.C;

    /// <summary>Where weights lie, as forward reads them.</summary>
    private protected FilterPass.Order ForwardOrder => new(InChannels, InStride, OutChannels, OutStride);

    /// <summary>Where weights lie, as the gradient by the input reads them.</summary>
    private protected FilterPass.Order BackwardOrder => new(OutChannels, OutStride, InChannels, InStride);

    private int KernelTaps => _filter.Rows.Kernel * _filter.Columns.Kernel;

    private int InStride => IsResultFirst ? KernelTaps : KernelTaps * OutChannels;

    private int OutStride => IsResultFirst ? KernelTaps * InChannels : KernelTaps;

    private bool HasEpilogueBias => _filter.Bias is not null || _tail.Norm is not null;

    private int PaddedChannels =>
        (OutChannels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;

    /// <summary>Creates the kernel of a convolution or a transposed one.</summary>
    /// <param name="filter">The operation.</param>
    /// <param name="tail">The operations that are fused with it.</param>
    /// <param name="isExact">Whether every product is computed as it is defined, or faster where possible.</param>
    /// <param name="isFrozen">Whether weights and bias have no gradients.</param>
    public static FilterKernel Create(FilterOperation filter, FilterTail tail, bool isExact, bool isFrozen) =>
        filter is Convolution convolution
            ? new ConvolutionKernel(convolution, tail, isExact, isFrozen)
            : new TransposedConvolutionKernel((TransposedConvolution)filter, tail, isExact, isFrozen);

    /// <inheritdoc/>
    public override long ForwardScratchFloats(int threads) =>
        _forward.Value.ScratchFloats(Inputs[0].Shape, Output.Shape, threads);

    /// <inheritdoc/>
    public override long BackwardScratchFloats(int threads)
    {
        long input = _backward.Value.PackedFloats
            + _backward.Value.ScratchFloats(Output.Shape, Inputs[0].Shape, threads);
        if (_isFrozen)
        {
            return input;
        }

        View x = new(null, Inputs[0].Shape, InChannels);
        View dy = new(null, Output.Shape, OutChannels);
        long weight = WeightGradientScratch(x, dy, threads);
        return Math.Max(Math.Max(input, weight), ChannelSums.ScratchFloats(dy.Pixels, OutChannels));
    }

    /// <inheritdoc/>
    public override void Prepare(KernelContext context)
    {
        if (HasEpilogueBias)
        {
            float* bias = context.Prepared;
            new Span<float>(bias, 2 * PaddedChannels).Clear();
            PrepareAffine(context, bias, bias + PaddedChannels);
        }

        _forward.Value.Pack(context.Workers, ForwardFilters(context));
    }

    /// <inheritdoc/>
    public override void Forward(KernelContext context)
    {
        Epilogue epilogue = new(HasEpilogueBias ? context.Prepared : null, _tail.Relu?.NegativeSlope ?? 1)
        {
            Added = _tail.Add is null ? default : context.Input(Inputs.Count - 1),
            Pooled = _tail.Pool is null ? default : context.OutputAt(1),
            Statistics = _tail.ComputesStatistics ? context.Saved : null,
        };
        _forward.Value.Execute(
            context.Workers,
            context.Input(0),
            context.Output,
            ForwardFilters(context),
            epilogue,
            adds: false,
            context.ForwardScratch);
    }

    /// <inheritdoc/>
    public override void Backward(KernelContext context)
    {
        View dy = context.OutputGradient;
        float* scratch = context.BackwardScratch;
        if (!_isFrozen)
        {
            ComputeParameterGradients(context, dy, scratch);
        }

        if (context.NeedsGradient(0))
        {
            FilterPass pass = _backward.Value;
            FilterPass.Filters filters = new(context.Values(_filter.Weight), scale: null, packed: scratch);
            pass.Pack(context.Workers, filters);
            View dx = context.InputGradient(0);
            float* rest = scratch + pass.PackedFloats;
            pass.Execute(context.Workers, dy, dx, filters, Epilogue.None, context.Accumulates(0), rest);
        }
    }

    /// <summary>Scratch floats of the gradient by the weights.</summary>
    private protected abstract long WeightGradientScratch(View x, View dy, int threads);

    /// <summary>Computes the gradient by the weights.</summary>
    private protected abstract void ComputeWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch);

    /// <summary>The way to compute results.</summary>
    private protected virtual FilterPass CreateForwardPass() => new DirectPass(ForwardLattices, ForwardOrder);

    /// <summary>The way to compute the gradient by the input.</summary>
    private protected virtual FilterPass CreateBackwardPass() => new DirectPass(BackwardLattices, BackwardOrder);

    private void ComputeParameterGradients(KernelContext context, View dy, float* scratch)
    {
        if (_filter.Bias is { } bias)
        {
            ChannelSums.Compute(context.Workers, dy, context.Gradients(bias), scratch);
        }

        ComputeWeightGradient(context.Workers, context.Input(0), dy, context.Gradients(_filter.Weight), scratch);
    }

    private FilterPass.Filters ForwardFilters(KernelContext context)
    {
        float* prepared = context.Prepared;
        return new(
            context.Values(_filter.Weight),
            scale: _tail.Norm is null ? null : prepared + PaddedChannels,
            packed: HasEpilogueBias ? prepared + (2 * PaddedChannels) : prepared);
    }

    private void PrepareAffine(KernelContext context, float* bias, float* scale)
    {
        float* own = _filter.Bias is null ? null : context.Values(_filter.Bias);
        for (int c = 0; c < OutChannels; c++)
        {
            (float factor, float shift) = _tail.Norm is null
                ? (1, 0)
                : RunningAffine.Compute(context, _tail.Norm.Arrays, c);
            scale[c] = factor;
            bias[c] = ((own == null ? 0 : own[c]) * factor) + shift;
        }
    }
}
