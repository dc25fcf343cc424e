using UNetSharp.Cpu;
using UNetSharp.Cpu.Convolutions;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Kernels;

/// <summary>
/// Winograd's convolution against the direct one, which has a scalar twin, forward and backward.
/// </summary>
public sealed unsafe class WinogradTests
{
    // Of the largest value, for each tile size; some 3e-6 and 1.5e-5 were measured.
    private static readonly double[] Tolerances = [1e-5, 5e-5];

    [Theory]
    [InlineData(1, 4, 4, 8, 8, 1, 1)]
    [InlineData(1, 5, 6, 9, 17, 1, 1)]
    [InlineData(2, 7, 9, 31, 13, 1, 1)]
    [InlineData(1, 16, 15, 24, 40, 0, 1)]
    [InlineData(1, 13, 14, 16, 16, 2, 1)]
    [InlineData(3, 9, 10, 300, 20, 1, 1)]
    [InlineData(1, 6, 6, 128, 256, 1, 1)]
    [InlineData(2, 70, 66, 16, 33, 1, 1)]
    [InlineData(1, 20, 20, 32, 32, 2, 2)]
    [InlineData(2, 11, 13, 16, 24, 4, 4)]
    [InlineData(1, 9, 10, 16, 16, 8, 8)]
    [InlineData(1, 25, 30, 16, 40, 1, 3)]
    [InlineData(1, 20, 21, 64, 1, 1, 1)]
    public void Every_tile_size_agrees_with_the_direct_way(
        int images, int height, int width, int inC, int outC, int padding, int dilation)
    {
        Axis axis = new(3, 1, padding, dilation);
        WinogradWindow window = WinogradWindow.FromAxes(axis, axis)!.Value;
        Tensor x = TestTensors.Random(Shape.Nchw(images, inC, height, width), seed: 2);
        Tensor y = new(Shape.Nchw(images, outC, axis.CountPositions(height), axis.CountPositions(width)));
        Tensor dy = TestTensors.Random(y.Shape, seed: 3);
        float[] weights = TestTensors.Random(Shape.Nchw(1, inC * 9, 1, outC), seed: 4).Data.ToArray();
        FilterPass.Order order = new(inC, 9, outC, inC * 9), back = new(outC, inC * 9, inC, 9);
        Lattice forward = Lattice.ForConvolution(axis, axis, y.Shape.H, y.Shape.W);
        Lattice[] backward = Lattice.ForTransposed(axis, axis, height, width);
        float[] exactY = Pass(new DirectPass([forward], order), x, y.Shape, weights, threads: 2);
        float[] exactDx = Pass(new DirectPass(backward, back), dy, x.Shape, weights, threads: 2);
        float[] exactDw = WeightsOf(x, dy, weights.Length, threads: 2, (workers, from, to, gradient) =>
        {
            using Arena scratch = new(WeightGradient.ScratchFloats(from, to, forward, workers.Count));
            WeightGradient.Execute(workers, from, to, forward, gradient, scratch.Start);
        });

        foreach ((WinogradMethod method, double tolerance) in WinogradMethod.All.Zip(Tolerances))
        {
            float[] DataGradient(int threads) =>
                Pass(
                    method.CreateAlgorithm(y.Shape, x.Shape, window.Backward, isFlipped: true, back),
                    dy,
                    x.Shape,
                    weights,
                    threads);
            float[] Result(int threads) =>
                Pass(
                    method.CreateAlgorithm(x.Shape, y.Shape, window, isFlipped: false, order),
                    x,
                    y.Shape,
                    weights,
                    threads);
            float[] Filters(int threads) => WeightsOf(x, dy, weights.Length, threads, (workers, from, to, gradient) =>
            {
                using Arena scratch = new(method.WeightGradientScratch(from, to, window, workers.Count));
                method.WeightGradient(workers, from, to, window, gradient, scratch.Start);
            });

            CloseAssert.AreClose(exactY, Result(threads: 2), tolerance, "y");
            CloseAssert.AreClose(exactDx, DataGradient(threads: 2), tolerance, "dx");
            CloseAssert.AreClose(exactDw, Filters(threads: 2), tolerance, "dw");
            Assert.Equal(Result(threads: 1), Result(threads: 2));
            Assert.Equal(DataGradient(threads: 1), DataGradient(threads: 2));
            Assert.Equal(Filters(threads: 1), Filters(threads: 2));
        }
    }

    [Theory]
    [Trait("Cost", "high")]
    [InlineData(1, 100, 130, 72, 80, 1, 1)]
    [InlineData(1, 64, 66, 320, 352, 1, 1)]
    public void Every_tile_size_agrees_on_large_images(
        int images, int height, int width, int inC, int outC, int padding, int dilation) =>
        Every_tile_size_agrees_with_the_direct_way(images, height, width, inC, outC, padding, dilation);

    [Theory]
    [InlineData(4, 64, 64, null)]
    [InlineData(32, 512, 512, "WinogradTransform4")]
    [InlineData(64, 512, 512, "WinogradTransform6")]
    [InlineData(512, 64, 64, "WinogradTransform6")]
    public void The_fastest_way_depends_on_sizes(int size, int inC, int outC, string? transform)
    {
        WinogradMethod? method = WinogradMethod.Fastest(
            Shape.Nchw(1, outC, size, size), inC, new WinogradWindow(PaddingRows: 1, PaddingColumns: 1, Dilation: 1));

        Assert.Equal(transform, method?.GetType().GenericTypeArguments[0].Name);
    }

    [Fact]
    public void Slices_of_wider_images_are_read_and_written_in_place()
    {
        Conv2d first = new(8, 12, kernel: 3, padding: 1);
        Conv2d second = new(20, 9, kernel: 3, padding: 1);
        Tensor x = TestTensors.Random(Shape.Nchw(1, 8, 11, 13), seed: 2);

        // The first result lies inside the concatenation, whose gradient gets a second share from the sum.
        Value Forward(Value image)
        {
            Value y = first.Forward(image);
            Value wide = Value.Concat(y.Relu(0.5f), image);
            return second.Forward(wide) + second.Forward(wide.Sigmoid());
        }

        Result exact = Run(Forward, second.Parameters().First(), x, isExact: true, threads: 2);
        Result fast = Run(Forward, second.Parameters().First(), x, isExact: false, threads: 2);

        CloseAssert.AreClose(exact.Y, fast.Y, Tolerances[0], "y");
        CloseAssert.AreClose(exact.Dx, fast.Dx, Tolerances[0], "dx");
        CloseAssert.AreClose(exact.Dw, fast.Dw, Tolerances[0], "dw");
    }

    [Fact]
    public void Backward_follows_finite_differences()
    {
        Conv2d layer = new(9, 10, kernel: 3, padding: 1);
        GradientCheck.Verify(x => layer.Forward(x[0]), TestTensors.Random(Shape.Nchw(1, 9, 5, 6), seed: 1));
    }

    private static float[] Pass(FilterPass pass, Tensor from, Shape to, float[] weights, int threads)
    {
        using Workers workers = new(threads);
        using Arena packed = new(pass.PackedFloats), scratch = new(pass.ScratchFloats(from.Shape, to, threads));
        float[] result = new float[to.Count];
        fixed (float* x = from.Data, y = result, w = weights)
        {
            FilterPass.Filters filters = new(w, scale: null, packed.Start);
            pass.Pack(workers, filters);
            View source = new(x, from.Shape, from.Shape.C), target = new(y, to, to.C);
            pass.Execute(workers, source, target, filters, Epilogue.None, adds: false, scratch.Start);
        }

        return result;
    }

    private static float[] WeightsOf(Tensor from, Tensor to, int count, int threads, WeightsRun run)
    {
        using Workers workers = new(threads);
        float[] result = new float[count];
        fixed (float* x = from.Data, dy = to.Data, gradient = result)
        {
            run(workers, new View(x, from.Shape, from.Shape.C), new View(dy, to.Shape, to.Shape.C), gradient);
        }

        return result;
    }

    private static Result Run(Func<Value, Value> forward, Parameter weight, Tensor x, bool isExact, int threads)
    {
        using CpuDevice device = new(threads);
        Value input = Value.Input(x.Shape);
        Value y = forward(input);
        ParameterStore store = TestStores.For(y);
        store.Initialize(seed: 1);
        using Plan plan = device.Compile(
            new ComputationGraph(y), store, PlanSettings.ForTraining(y, isExact, [input]));
        plan.SetInput(input, x.Data);
        plan.Forward();
        float[] result = plan.Output(y).ToArray();
        plan.SetResultGradient(TestTensors.Random(y.Shape, seed: 3).Data);
        plan.Backward();
        return new Result(result, plan.Gradient(input).ToArray(), store.GetGradients(weight).ToArray());
    }

    private delegate void WeightsRun(Workers device, View from, View to, float* gradient);

    private sealed record Result(float[] Y, float[] Dx, float[] Dw);
}
