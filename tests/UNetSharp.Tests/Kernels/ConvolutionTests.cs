using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Kernels;

/// <summary>
/// The fast convolutions against their definition, over sizes that reach every tail of tiles and blocks.
/// </summary>
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
        (Tensor x, ParameterStore store, float[] weight, float[] bias) =
            Prepare(layer, Shape.Nchw(2, inC, height, width));

        Tensor expected = ConvolutionTwin.Forward(x, weight, bias, outC, axis);

        AssertClose(expected, Run(x, store, layer.Forward));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Transposed_convolution_is_its_definition(int height, int width, int inC, int outC, Axis axis)
    {
        if (axis.Dilation > 1 || axis.TransposedSize(Math.Min(height, width), 0) < 1)
        {
            axis = axis with { Dilation = 1, Padding = 1 };
        }

        var layer = new ConvTranspose2d(inC, outC, axis.Kernel, axis.Stride, axis.Padding, hasBias: false);
        (Tensor x, ParameterStore store, float[] weight, _) = Prepare(layer, Shape.Nchw(2, inC, height, width));

        Tensor expected = ConvolutionTwin.Transposed(x, weight, outC, axis);

        AssertClose(expected, Run(x, store, layer.Forward));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Results_do_not_depend_on_the_number_of_threads(int threads)
    {
        var layer = new Conv2d(20, 36, 3, padding: 1);
        (Tensor x, ParameterStore store, _, _) = Prepare(layer, Shape.Nchw(2, 20, 37, 29));

        (float[] y, float[] dx, float[] dw) one = RunBackward(x, store, layer, threads: 2);
        (float[] y, float[] dx, float[] dw) other = RunBackward(x, store, layer, threads);

        Assert.Equal(one.y, other.y);
        Assert.Equal(one.dx, other.dx);
        Assert.Equal(one.dw, other.dw);
    }

    private static (Tensor X, ParameterStore Store, float[] Weight, float[] Bias) Prepare(Module layer, Shape shape)
    {
        ParameterStore store = TestStores.For(seed: 3, layer);
        float[][] values = [.. store.Parameters.Select(parameter => store.GetValues(parameter).ToArray())];
        return (TestTensors.Random(shape, seed: 4), store, values[0], values.Length > 1 ? values[1] : []);
    }

    private static float[] Run(Tensor x, ParameterStore store, Func<Value, Value> forward)
    {
        using CpuDevice device = new(2);
        Value input = Value.Input(x.Shape);
        Value output = forward(input);
        using Plan plan = device.Compile(
            new ComputationGraph(output), store, PlanSettings.ForInference());
        plan.SetInput(input, x.Data);
        plan.Forward();
        return plan.Output(output).ToArray();
    }

    private static (float[] Y, float[] Dx, float[] Dw) RunBackward(
        Tensor x, ParameterStore store, Conv2d layer, int threads)
    {
        using CpuDevice device = new(threads);
        Value input = Value.Input(x.Shape);
        Value output = layer.Forward(input);
        using Plan plan = device.Compile(
            new ComputationGraph(output), store, PlanSettings.ForTraining(output, input));
        plan.SetInput(input, x.Data);
        plan.Forward();
        plan.SetResultGradient(TestTensors.Random(output.Shape, seed: 5).Data);
        plan.Backward();
        return (plan.Output(output).ToArray(), plan.Gradient(input).ToArray(),
            store.GetGradients(store.Parameters[0]).ToArray());
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
