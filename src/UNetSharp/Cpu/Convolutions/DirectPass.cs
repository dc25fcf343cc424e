using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Directly: sums over the taps of lattices, by <see cref="NarrowConvolution"/> where results have few channels.
/// </summary>
internal sealed unsafe class DirectPass(Lattice[] lattices, FilterPass.Order order) : FilterPass(order)
{
    private readonly bool _isNarrow = NarrowConvolution.IsApplicable(order.SourceChannels, order.ResultChannels);

    /// <inheritdoc/>
    public override long PackedFloats { get; } = lattices.Sum(lattice => CreateLayout(lattice, order).Floats);

    /// <inheritdoc/>
    public override long ScratchFloats(Shape source, Shape result, int workers) => workers * lattices.Max(
        lattice => GatherConvolution.ScratchFloats(lattice.TapCount, WeightOrder.SourceChannels));

    /// <inheritdoc/>
    public override void Pack(Workers workers, Filters filters)
    {
        float* packed = filters.Packed;
        foreach (Lattice lattice in lattices)
        {
            PackedWeights layout = CreateLayout(lattice, WeightOrder);
            if (_isNarrow)
            {
                NarrowConvolution.Pack(lattice, WeightOrder, filters, packed);
            }
            else
            {
                PackedWeights.Pack job = new(
                    layout,
                    lattice.Taps,
                    filters.Weights,
                    WeightOrder.SourceStride,
                    WeightOrder.ResultStride,
                    filters.Scale,
                    packed);
                workers.Execute(layout.Panels, job);
            }

            packed += layout.Floats;
        }
    }

    /// <inheritdoc/>
    public override void Execute(
        Workers workers, View source, View result, Filters filters, Epilogue epilogue, bool adds, float* scratch)
    {
        float* packed = filters.Packed;
        foreach (Lattice lattice in lattices)
        {
            if (_isNarrow)
            {
                NarrowConvolution.Execute(workers, source, result, lattice, packed, epilogue, adds, scratch);
            }
            else
            {
                GatherConvolution.Execute(workers, source, result, lattice, packed, epilogue, adds, scratch);
            }

            packed += CreateLayout(lattice, WeightOrder).Floats;
        }
    }

    private static PackedWeights CreateLayout(Lattice lattice, Order order) =>
        new(lattice.TapCount, order.SourceChannels, order.ResultChannels);
}
