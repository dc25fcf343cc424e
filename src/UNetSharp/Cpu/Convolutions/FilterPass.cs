using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// One way to compute a filter's results, or the gradient by its input, from packed weights. There are two: directly
/// over lattices, and by Winograd's algorithm.
/// </summary>
internal abstract unsafe class FilterPass(FilterPass.Order order)
{
    /// <summary>Floats of the packed weights; 0 where they are read as they are.</summary>
    public abstract long PackedFloats { get; }

    /// <summary>
    /// Whether it does what <see cref="Epilogue.Added"/>, <see cref="Epilogue.Pooled"/> and
    /// <see cref="Epilogue.Statistics"/> ask for.
    /// </summary>
    public virtual bool FusesTail => false;

    /// <summary>Blocks of tiles whose statistics are records of their own.</summary>
    public virtual int StatisticsBlocks => 0;

    /// <summary>Where the weights of a source and a result channel lie in PyTorch's array.</summary>
    protected Order WeightOrder { get; } = order;

    /// <summary>Floats of scratch memory for all workers, from the sizes of the two images.</summary>
    public abstract long ScratchFloats(Shape source, Shape result, int workers);

    /// <summary>Packs weights, as often as they change.</summary>
    public abstract void Pack(Workers workers, Filters filters);

    /// <summary>Computes the result, or adds to it.</summary>
    public abstract void Execute(
        Workers workers, View source, View result, Filters filters, Epilogue epilogue, bool adds, float* scratch);

    /// <summary>Weights in memory.</summary>
    /// <param name="weights">PyTorch's array.</param>
    /// <param name="scale">A factor for each result channel, or null.</param>
    /// <param name="packed">The packed weights, which hold the factors.</param>
    internal readonly struct Filters(float* weights, float* scale, float* packed)
    {
        /// <summary>PyTorch's array.</summary>
        public float* Weights => weights;

        /// <summary>A factor for each result channel, or null.</summary>
        public float* Scale => scale;

        /// <summary>The packed weights, which hold the factors.</summary>
        public float* Packed => packed;
    }

    /// <summary>Sizes and steps of a weight array.</summary>
    /// <param name="SourceChannels">Source channels.</param>
    /// <param name="SourceStride">Floats from a source channel to the next.</param>
    /// <param name="ResultChannels">Result channels.</param>
    /// <param name="ResultStride">Floats from a result channel to the next.</param>
    internal readonly record struct Order(int SourceChannels, int SourceStride, int ResultChannels, int ResultStride);
}
