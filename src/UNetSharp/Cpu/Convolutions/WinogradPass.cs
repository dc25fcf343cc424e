using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>By Winograd's algorithm, for 3×3 filters of stride 1.</summary>
/// <param name="source">Sizes of the source.</param>
/// <param name="result">Sizes of the result.</param>
/// <param name="window">How the filter lies over the source.</param>
/// <param name="isFlipped">Whether filters are turned by 180°, for the gradient by the input.</param>
/// <param name="order">Where weights lie.</param>
internal sealed unsafe class WinogradPass<TTransform>(
    Shape source, Shape result, WinogradWindow window, bool isFlipped, FilterPass.Order order) : FilterPass(order)
    where TTransform : struct, IWinogradTransform
{
    // Whether filters are read as they are and transformed when they are needed, not ahead.
    private readonly bool _isByPanels = WinogradPanels<TTransform>.IsApplicable(
        new View(null, source, source.C), new View(null, result, result.C), window);

    /// <inheritdoc/>
    public override long PackedFloats => _isByPanels ? 0 : Layout.Floats;

    /// <inheritdoc/>
    public override bool FusesTail =>
        window.Dilation == 1 && WeightOrder.ResultChannels % PackedWeights.PanelWidth == 0;

    /// <inheritdoc/>
    public override int StatisticsBlocks => _isByPanels
        ? 1
        : WinogradConvolution<TTransform>.CountBlocks(
            new View(null, source, source.C), new View(null, result, result.C), window);

    private WinogradWeights<TTransform> Layout => new(WeightOrder.SourceChannels, WeightOrder.ResultChannels);

    /// <inheritdoc/>
    public override long ScratchFloats(Shape source, Shape result, int workers)
    {
        View from = new(null, source, source.C), to = new(null, result, result.C);
        return _isByPanels
            ? WinogradPanels<TTransform>.ScratchFloats(from, to, window, workers)
            : WinogradConvolution<TTransform>.ScratchFloats(from, to, window, workers);
    }

    /// <inheritdoc/>
    public override void Pack(Workers workers, Filters filters)
    {
        if (!_isByPanels)
        {
            workers.Execute(Layout.Panels, new WinogradWeights<TTransform>.Pack(Layout, Taps(filters), filters.Packed));
        }
    }

    /// <inheritdoc/>
    public override void Execute(
        Workers workers, View source, View result, Filters filters, Epilogue epilogue, bool adds, float* scratch)
    {
        if (_isByPanels)
        {
            WinogradPanels<TTransform>.Execute(workers, source, result, window, Taps(filters), epilogue, adds, scratch);
        }
        else
        {
            WinogradConvolution<TTransform>.Execute(
                workers, source, result, window, filters.Packed, epilogue, adds, scratch);
        }
    }

    private WinogradTaps Taps(Filters filters) => new(
        WeightOrder.ResultChannels,
        filters.Weights,
        WeightOrder.SourceStride,
        WeightOrder.ResultStride,
        isFlipped,
        filters.Scale);
}
