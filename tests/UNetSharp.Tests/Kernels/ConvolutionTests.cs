using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Kernels;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Tests.Kernels;

/// <summary>The fast convolutions against their definition, over sizes that reach every tail of tiles and blocks.</summary>
public sealed class ConvolutionTests
{
    public static TheoryData<int, int, int, int, Axis> Cases()
    {
        TheoryData<int, int, int, int, Axis> cases = [];
        int[] channels = [1, 3, 8, 13, 15, 16, 17, 31, 40];
        for (int i = 0; i < channels.Length; i++)
        {
            cases.Add(5 + i, 9 - (i % 4), channels[i], channels[(i * 4 % 9) + 0], new Axis(3, 1, 1));
        }

        cases.Add(11, 13, 5, 18, new Axis(1));
        cases.Add(11, 13, 5, 18, new Axis(3, 2, 1));
        cases.Add(12, 9, 7, 6, new Axis(3, 1, 4, 4));
        cases.Add(3, 2, 7, 6, new Axis(3, 1, 8, 8));
        cases.Add(12, 9, 4, 20, new Axis(5, 3, 2));
        cases.Add(7, 7, 4, 20, new Axis(2, 2));
        cases.Add(40, 45, 3, 33, new Axis(3, 1, 1));
        cases.Add(6, 5, 70, 20, new Axis(3, 1, 1));
        cases.Add(9, 8, 300, 17, new Axis(1));
        cases.Add(14, 15, 4, 20, new Axis(7, 2, 3));
        cases.Add(13, 11, 2, 5, new Axis(3, 1, 1, 2));
        cases.Add(13, 17, 64, 1, new Axis(3, 1, 1));
        cases.Add(10, 15, 16, 2, new Axis(1));
        cases.Add(11, 9, 24, 4, new Axis(3, 2, 1));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convolution_is_its_definition(int height, int width, int inC, int outC, Axis axis)
    {
        var layer = new Conv2d(inC, outC, axis.Kernel, axis.Stride, axis.Padding, axis.Dilation);
        (Tensor x, float[] weight, float[] bias) = Prepare(layer, new Shape(2, height, width, inC));

        Tensor expected = ConvolutionTwin.Forward(x, weight, bias, outC, axis);

        AssertClose(expected, Run(x, layer.Forward));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Transposed_convolution_is_its_definition(int height, int width, int inC, int outC, Axis axis)
    {
        if (axis.Dilation > 1 || axis.Transposed(Math.Min(height, width), 0) < 1)
        {
            axis = axis with { Dilation = 1, Padding = 1 };
        }

        var layer = new ConvTranspose2d(inC, outC, axis.Kernel, axis.Stride, axis.Padding, hasBias: false);
        (Tensor x, float[] weight, _) = Prepare(layer, new Shape(2, height, width, inC));

        Tensor expected = ConvolutionTwin.Transposed(x, weight, outC, axis);

        AssertClose(expected, Run(x, layer.Forward));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Results_do_not_depend_on_the_number_of_threads(int threads)
    {
        var layer = new Conv2d(20, 36, 3, padding: 1);
        (Tensor x, _, _) = Prepare(layer, new Shape(2, 37, 29, 20));

        (float[] y, float[] dx, float[] dw) one = RunBackward(x, layer, threads: 2);
        (float[] y, float[] dx, float[] dw) other = RunBackward(x, layer, threads);

        Assert.Equal(one.y, other.y);
        Assert.Equal(one.dx, other.dx);
        Assert.Equal(one.dw, other.dw);
    }

    private static (Tensor X, float[] Weight, float[] Bias) Prepare(Module layer, Shape shape)
    {
        layer.Initialize(seed: 3);
        Parameter[] parameters = [.. layer.Parameters()];
        float[] bias = parameters.Length > 1 ? parameters[1].Data.ToArray() : [];
        return (TestTensors.Random(shape, seed: 4), parameters[0].Data.ToArray(), bias);
    }

    private static float[] Run(Tensor x, Func<Value, Value> forward)
    {
        using var workers = new Workers(2);
        Value input = Value.Input(x.Shape);
        Value output = forward(input);
        using var plan = new InferencePlan(new GraphOf(output), workers);
        x.Data.CopyTo(plan.Input(input));
        plan.Run();
        return plan.Output(output).ToArray();
    }

    private static (float[] Y, float[] Dx, float[] Dw) RunBackward(Tensor x, Conv2d layer, int threads)
    {
        using var workers = new Workers(threads);
        Value input = Value.Input(x.Shape);
        Value output = layer.Forward(input);
        using var plan = new TrainingPlan(new GraphOf(output), output, workers, input);
        x.Data.CopyTo(plan.Input(input));
        plan.Forward();
        TestTensors.Random(output.Shape, seed: 5).Data.CopyTo(plan.Gradient(output));
        plan.Backward();
        return (plan.Output(output).ToArray(), plan.Gradient(input).ToArray(),
            layer.Parameters().First().Gradient.ToArray());
    }

    private static void AssertClose(Tensor expected, float[] actual)
    {
        Assert.Equal(expected.Data.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(
                Math.Abs(expected.Data[i] - actual[i]) <= 1e-5f,
                $"value {i}: expected {expected.Data[i]}, got {actual[i]}");
        }
    }
}
