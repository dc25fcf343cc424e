using UNetSharp.Execution;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// Kernel of <see cref="Convolution"/>. This is where its algorithm is chosen: Winograd's where
/// <see cref="WinogradMethod"/> finds it the fastest and it may be used, else direct sums.
/// </summary>
internal sealed unsafe class ConvolutionKernel : FilterKernel
{
    private readonly Lattice[] _forward;
    private readonly Lattice[] _backward;
    private readonly WinogradWindow? _window;
    private readonly WinogradMethod? _weightMethod;

    public ConvolutionKernel(Convolution convolution, FilterTail tail, bool isExact, bool isFrozen)
        : base(convolution, tail, isExact, isFrozen)
    {
        Shape x = convolution.Inputs[0].Shape, y = convolution.Output.Shape;
        _window = WinogradWindow.FromAxes(convolution.Rows, convolution.Columns);
        _weightMethod = FastMethod(y, InChannels, _window);
        _forward = [Lattice.ForConvolution(convolution.Rows, convolution.Columns, y.H, y.W)];
        _backward = Lattice.ForTransposed(convolution.Rows, convolution.Columns, x.H, x.W);
    }

    private protected override Lattice[] ForwardLattices => _forward;

    private protected override Lattice[] BackwardLattices => _backward;

    private protected override bool IsResultFirst => true;

    private protected override FilterPass CreateForwardPass()
    {
        WinogradMethod? method =
            NarrowConvolution.IsApplicable(InChannels, OutChannels)
                ? null
                : FastMethod(Output.Shape, InChannels, _window);
        return method?.CreateAlgorithm(Inputs[0].Shape, Output.Shape, _window!.Value, isFlipped: false, ForwardOrder)
            ?? base.CreateForwardPass();
    }

    private protected override FilterPass CreateBackwardPass() =>
        FastMethod(Inputs[0].Shape, OutChannels, _window?.Backward)
            ?.CreateAlgorithm(Output.Shape, Inputs[0].Shape, _window!.Value.Backward, isFlipped: true, BackwardOrder)
        ?? base.CreateBackwardPass();

    private protected override long WeightGradientScratch(View x, View dy, int threads) =>
        _weightMethod?.WeightGradientScratch(x, dy, _window!.Value, threads)
            ?? WeightGradient.ScratchFloats(x, dy, _forward[0], threads);

    private protected override void ComputeWeightGradient(
        Workers workers, View x, View dy, float* gradient, float* scratch)
    {
        if (_weightMethod is not null)
        {
            _weightMethod.WeightGradient(workers, x, dy, _window!.Value, gradient, scratch);
        }
        else
        {
            WeightGradient.Execute(workers, x, dy, _forward[0], gradient, scratch);
        }
    }

    /// <summary>A faster way than the direct one, if there is one and it may be used.</summary>
    private WinogradMethod? FastMethod(Shape result, int sourceChannels, WinogradWindow? window) =>
        IsExact || window is null ? null : WinogradMethod.Fastest(result, sourceChannels, window.Value);
}
