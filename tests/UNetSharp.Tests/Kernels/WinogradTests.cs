using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Tests.Kernels;

/// <summary>
/// Winograd's convolution against the direct one, which has a scalar twin, forward and backward.
/// </summary>
public sealed class WinogradTests
{
    // Of the largest value; some 1e-5 was measured.
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1, 4, 4, 8, 8, 1, 1)]
    [InlineData(1, 5, 6, 9, 17, 1, 1)]
    [InlineData(2, 7, 9, 31, 13, 1, 1)]
    [InlineData(1, 16, 15, 24, 40, 0, 1)]
    [InlineData(1, 13, 14, 16, 16, 2, 1)]
    [InlineData(3, 9, 10, 300, 20, 1, 1)]
    [InlineData(1, 6, 6, 128, 256, 1, 1)]
    [InlineData(2, 70, 66, 16, 33, 1, 1)]
    [InlineData(1, 100, 130, 72, 80, 1, 1)]
    [InlineData(1, 75, 90, 320, 16, 1, 1)]
    [InlineData(1, 20, 20, 32, 32, 2, 2)]
    [InlineData(2, 11, 13, 16, 24, 4, 4)]
    [InlineData(1, 9, 10, 16, 16, 8, 8)]
    [InlineData(1, 25, 30, 16, 40, 1, 3)]
    [InlineData(1, 20, 21, 64, 1, 1, 1)]
    public void Fast_convolutions_agree_with_direct_ones(
        int images, int height, int width, int inC, int outC, int padding, int dilation)
    {
        Conv2d layer = new(inC, outC, kernel: 3, padding: padding, dilation: dilation);
        layer.Initialize(seed: 1);
        Tensor x = TestTensors.Random(new Shape(images, height, width, inC), seed: 2);

        Result exact = Run(layer, x, isExact: true, threads: 2);
        Result fast = Run(layer, x, isExact: false, threads: 2);
        Result alone = Run(layer, x, isExact: false, threads: 1);

        Close.Assert(exact.Y, fast.Y, Tolerance, "y");
        Close.Assert(exact.Dx, fast.Dx, Tolerance, "dx");
        Close.Assert(exact.Dw, fast.Dw, Tolerance, "dw");
        Assert.NotEqual(exact.Y, fast.Y);
        Assert.Equal(alone.Y, fast.Y);
        Assert.Equal(alone.Dx, fast.Dx);
        Assert.Equal(alone.Dw, fast.Dw);
    }

    [Fact]
    public void Slices_of_wider_images_are_read_and_written_in_place()
    {
        Conv2d first = new(8, 12, kernel: 3, padding: 1);
        Conv2d second = new(20, 9, kernel: 3, padding: 1);
        first.Initialize(seed: 1);
        second.Initialize(seed: 2);
        Tensor x = TestTensors.Random(new Shape(1, 11, 13, 8), seed: 2);

        // The first result lies inside the concatenation, whose gradient gets a second share from the sum.
        Value Forward(Value image)
        {
            Value y = first.Forward(image);
            Value wide = Value.Concat(y.Relu(0.5f), image);
            return second.Forward(wide) + second.Forward(wide.Sigmoid());
        }

        Result exact = Run(Forward, second.Parameters().First(), x, isExact: true, threads: 2);
        Result fast = Run(Forward, second.Parameters().First(), x, isExact: false, threads: 2);

        Close.Assert(exact.Y, fast.Y, Tolerance, "y");
        Close.Assert(exact.Dx, fast.Dx, Tolerance, "dx");
        Close.Assert(exact.Dw, fast.Dw, Tolerance, "dw");
    }

    [Fact]
    public void Backward_follows_finite_differences()
    {
        Conv2d layer = new(9, 10, kernel: 3, padding: 1);
        layer.Initialize(seed: 7);
        GradientCheck.Verify(x => layer.Forward(x[0]), TestTensors.Random(new Shape(1, 5, 6, 9), seed: 1));
    }

    private static Result Run(Conv2d layer, Tensor x, bool isExact, int threads) =>
        Run(layer.Forward, layer.Parameters().First(), x, isExact, threads);

    private static Result Run(Func<Value, Value> forward, Parameter weight, Tensor x, bool isExact, int threads)
    {
        using Workers workers = new(threads);
        Value input = Value.Input(x.Shape);
        Value y = forward(input);
        using TrainingPlan plan = new(new GraphOf(y), y, workers, isExact, [input]);
        x.Data.CopyTo(plan.Input(input));
        plan.Forward();
        float[] result = plan.Output(y).ToArray();
        TestTensors.Random(y.Shape, seed: 3).Data.CopyTo(plan.Gradient(y));
        plan.Backward();
        return new Result(result, plan.Gradient(input).ToArray(), weight.Gradient.ToArray());
    }

    private sealed record Result(float[] Y, float[] Dx, float[] Dw);
}
