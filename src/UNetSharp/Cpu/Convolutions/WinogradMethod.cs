using UNetSharp.Execution;
using UNetSharp.Tensors;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// A tile size of Winograd's algorithm, and which one is the fastest for a layer by a model of its cost in cycles:
/// multiplications of the products, 16 a cycle; transforms; and filters, which are P²/9 times as large transformed and
/// have to come from memory. Constants were measured, see docs/performance.md.
/// </summary>
internal abstract unsafe class WinogradMethod
{
    private const double MultipliesPerCycle = 14;
    private const double DirectMultipliesPerCycle = 13;

    // Of a processor, when all of them read at once.
    private const double BytesPerCycle = 3.5;

    /// <summary>The tile sizes that there are.</summary>
    public static IReadOnlyList<WinogradMethod> All { get; } =
    [
        new For<WinogradTransform4>(sourceCycles: 25, resultCycles: 24),
        new For<WinogradTransform6>(sourceCycles: 70, resultCycles: 48),
    ];

    /// <summary>The fastest way to get a result of 3×3 filters; null where that is the direct one.</summary>
    /// <param name="result">Sizes of the result.</param>
    /// <param name="sourceChannels">Channels of the source.</param>
    /// <param name="window">How the filter lies over the source.</param>
    public static WinogradMethod? Fastest(Shape result, int sourceChannels, WinogradWindow window)
    {
        double pairs = (double)sourceChannels * RoundUpToPanels(result.C);
        double direct = pairs * ((9 * result.Pixels / DirectMultipliesPerCycle) + (9 * sizeof(float) / BytesPerCycle));
        WinogradMethod best = All.MinBy(method => method.EstimateCycles(result, sourceChannels, window))!;
        return best.EstimateCycles(result, sourceChannels, window) < direct ? best : null;
    }

    /// <summary>The result, or with flipped filters the gradient by the input.</summary>
    public abstract FilterPass CreateAlgorithm(
        Shape source, Shape result, WinogradWindow window, bool isFlipped, FilterPass.Order order);

    /// <summary>Scratch floats of <see cref="WeightGradient"/>.</summary>
    public abstract long WeightGradientScratch(View x, View dy, WinogradWindow window, int workers);

    /// <summary>The gradient by the filters, in PyTorch's order.</summary>
    public abstract void WeightGradient(
        Workers workers, View x, View dy, WinogradWindow window, float* gradient, float* scratch);

    /// <summary>What the method costs.</summary>
    protected abstract double EstimateCycles(Shape result, int sourceChannels, WinogradWindow window);

    private static int RoundUpToPanels(int channels) =>
        (channels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;

    private sealed class For<TTransform>(double sourceCycles, double resultCycles) : WinogradMethod
        where TTransform : struct, IWinogradTransform
    {
        public override FilterPass CreateAlgorithm(
            Shape source, Shape result, WinogradWindow window, bool isFlipped, FilterPass.Order order) =>
            new WinogradPass<TTransform>(source, result, window, isFlipped, order);

        public override long WeightGradientScratch(View x, View dy, WinogradWindow window, int workers) =>
            WinogradPanelGradient<TTransform>.IsApplicable(x, dy, window)
                ? WinogradPanelGradient<TTransform>.ScratchFloats(x, dy, window, workers)
                : WinogradWeightGradient<TTransform>.ScratchFloats(x, dy, window);

        public override void WeightGradient(
            Workers workers, View x, View dy, WinogradWindow window, float* gradient, float* scratch)
        {
            if (WinogradPanelGradient<TTransform>.IsApplicable(x, dy, window))
            {
                WinogradPanelGradient<TTransform>.Execute(workers, x, dy, window, gradient, scratch);
            }
            else
            {
                WinogradWeightGradient<TTransform>.Execute(workers, x, dy, window, gradient, scratch);
            }
        }

        protected override double EstimateCycles(Shape result, int sourceChannels, WinogradWindow window)
        {
            int tiles = new WinogradTiles<TTransform>(result.N, result.H, result.W, window).Count;
            double pairs = (double)sourceChannels * RoundUpToPanels(result.C);
            double transforms = (sourceCycles * sourceChannels) + (resultCycles * RoundUpToPanels(result.C));
            double products = TTransform.Products * pairs / MultipliesPerCycle;
            return (tiles * (products + transforms)) + (TTransform.Products * sizeof(float) * pairs / BytesPerCycle);
        }
    }
}
