using UNetSharp.Execution;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>Kernel of <see cref="TransposedConvolution"/>: direct sums over the lattices of its stride.</summary>
internal sealed unsafe class TransposedConvolutionKernel : FilterKernel
{
    private readonly Lattice[] _forward;
    private readonly Lattice[] _backward;

    public TransposedConvolutionKernel(TransposedConvolution convolution, FilterTail tail, bool isExact, bool isFrozen)
        : base(convolution, tail, isExact, isFrozen)
    {
        Shape x = convolution.Inputs[0].Shape, y = convolution.Output.Shape;
        _forward = Lattice.ForTransposed(convolution.Rows, convolution.Columns, y.H, y.W);
        _backward = [Lattice.ForConvolution(convolution.Rows, convolution.Columns, x.H, x.W)];
    }

    private protected override Lattice[] ForwardLattices => _forward;

    private protected override Lattice[] BackwardLattices => _backward;

    private protected override bool IsResultFirst => false;

    private protected override long WeightGradientScratch(View x, View dy, int threads) =>
        WeightGradient.ScratchFloats(dy, x, _backward[0], threads);

    private protected override void ComputeWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch) =>
        WeightGradient.Execute(workers, dy, x, _backward[0], gradient, scratch);
}
