using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// One way to compute a filter's results, or the gradient by its input, from packed weights. There are two: directly over
/// lattices, and by Winograd's transforms.
/// </summary>
internal abstract unsafe class FilterPass(FilterPass.Order order)
{
    /// <summary>Floats of the packed weights.</summary>
    public abstract long PackedFloats { get; }

    /// <summary>Where the weights of a source and a result channel lie in PyTorch's array.</summary>
    protected Order WeightOrder { get; } = order;

    /// <summary>Floats of scratch memory for all workers, from the sizes of the two images.</summary>
    public abstract long ScratchFloats(Shape source, Shape result, int workers);

    /// <summary>Packs weights, times a factor for each result channel unless it is null.</summary>
    public abstract void Pack(Workers workers, float* weights, float* scale, float* packed);

    /// <summary>Computes the result, or adds to it.</summary>
    public abstract void Run(
        Workers workers, View source, View result, float* packed, Epilogue epilogue, bool adds, float* scratch);

    /// <summary>Sizes and steps of a weight array.</summary>
    /// <param name="SourceChannels">Source channels.</param>
    /// <param name="SourceStride">Floats from a source channel to the next.</param>
    /// <param name="ResultChannels">Result channels.</param>
    /// <param name="ResultStride">Floats from a result channel to the next.</param>
    internal readonly record struct Order(int SourceChannels, int SourceStride, int ResultChannels, int ResultStride);
}

/// <summary>Directly: sums over the taps of lattices.</summary>
internal sealed unsafe class DirectPass(Lattice[] lattices, FilterPass.Order order) : FilterPass(order)
{
    /// <inheritdoc/>
    public override long PackedFloats { get; } = lattices.Sum(lattice => LayoutOf(lattice, order).Floats);

    /// <inheritdoc/>
    public override long ScratchFloats(Shape source, Shape result, int workers) => workers * lattices.Max(
        lattice => GatherConvolution.ScratchFloats(lattice.TapCount, WeightOrder.SourceChannels));

    /// <inheritdoc/>
    public override void Pack(Workers workers, float* weights, float* scale, float* packed)
    {
        foreach (Lattice lattice in lattices)
        {
            PackedWeights layout = LayoutOf(lattice, WeightOrder);
            PackedWeights.Pack job = new(
                layout, lattice.Taps, weights, WeightOrder.SourceStride, WeightOrder.ResultStride, scale, packed);
            workers.Run(layout.Panels, job);
            packed += layout.Floats;
        }
    }

    /// <inheritdoc/>
    public override void Run(
        Workers workers, View source, View result, float* packed, Epilogue epilogue, bool adds, float* scratch)
    {
        foreach (Lattice lattice in lattices)
        {
            GatherConvolution.Run(workers, source, result, lattice, packed, epilogue, adds, scratch);
            packed += LayoutOf(lattice, WeightOrder).Floats;
        }
    }

    private static PackedWeights LayoutOf(Lattice lattice, Order order) =>
        new(lattice.TapCount, order.SourceChannels, order.ResultChannels);
}

/// <summary>By Winograd's transforms, for 3×3 filters of stride 1.</summary>
/// <param name="window">How the filter lies over the source.</param>
/// <param name="isFlipped">Whether filters are turned by 180°, for the gradient by the input.</param>
/// <param name="order">Where weights lie.</param>
internal sealed unsafe class WinogradPass<TTransform>(
    WinogradWindow window, bool isFlipped, FilterPass.Order order) : FilterPass(order)
    where TTransform : struct, IWinogradTransform
{
    /// <inheritdoc/>
    public override long PackedFloats => Layout.Floats;

    private WinogradWeights<TTransform> Layout => new(WeightOrder.SourceChannels, WeightOrder.ResultChannels);

    /// <inheritdoc/>
    public override long ScratchFloats(Shape source, Shape result, int workers) =>
        WinogradConvolution<TTransform>.ScratchFloats(
            new View(null, source, source.C), new View(null, result, result.C), window, workers);

    /// <inheritdoc/>
    public override void Pack(Workers workers, float* weights, float* scale, float* packed)
    {
        WinogradWeights<TTransform>.Pack job = new(
            Layout,
            WeightOrder.ResultChannels,
            weights,
            WeightOrder.SourceStride,
            WeightOrder.ResultStride,
            isFlipped,
            scale,
            packed);
        workers.Run(Layout.Panels, job);
    }

    /// <inheritdoc/>
    public override void Run(
        Workers workers, View source, View result, float* packed, Epilogue epilogue, bool adds, float* scratch) =>
        WinogradConvolution<TTransform>.Run(workers, source, result, window, packed, epilogue, adds, scratch);
}
