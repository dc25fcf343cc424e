using UNetSharp.Cpu;
using UNetSharp.Cpu.Convolutions;
using UNetSharp.Cpu.Pointwise;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Execution;

/// <summary>Operations that are computed with the convolution before them give what they give on their own.</summary>
public sealed class FusionTests
{
    [Theory]
    [InlineData(1, 20, 26, 16, 32)]
    [InlineData(2, 64, 70, 24, 16)]
    [InlineData(1, 32, 32, 64, 128)]
    [InlineData(1, 24, 24, 896, 128)] // source channels in rounds
    public void Rectifier_sum_and_pooling_are_computed_with_a_convolution(
        int images, int height, int width, int inC, int outC)
    {
        Network network = new(inC, outC);
        Value x = Value.Input(Shape.Nchw(images, inC, height, width));
        Value skip = network.First.Forward(x);
        Value sum = network.Second.Forward(x).Relu(0.1f) + skip;
        Value pooled = sum.MaxPool(2);

        Assert.Equal(5, new ComputationGraph(sum, pooled).Operations.Count);
        Assert.Equal(2, Fused(sum, pooled).Count);
        ParameterStore store = TestStores.For(seed: 1, network.First, network.Second);
        foreach (Value output in new[] { sum, pooled })
        {
            float[] exact = Run(x, output, store, isExact: true, sum, pooled);
            CloseAssert.AreClose(exact, Run(x, output, store, isExact: false, sum, pooled), 5e-5, "y");
        }
    }

    [Fact]
    public void A_pooling_with_a_rest_stays_on_its_own()
    {
        Value odd = new Network(16, 16).First.Forward(Value.Input(Shape.Nchw(1, 16, 21, 20)));

        Assert.Equal(2, Fused(odd.MaxPool(2)).Count);
        Assert.Equal(2, Fused(odd.MaxPool(2, ceilMode: true)).Count);
        Assert.Equal(2, Fused(odd.MaxPool(3, stride: 1)).Count);
    }

    [Fact]
    public void What_is_added_must_be_there_before()
    {
        Network network = new(16, 16);
        Value x = Value.Input(Shape.Nchw(1, 16, 20, 20));
        Value early = network.First.Forward(x);
        Value late = network.Second.Forward(x).Sigmoid();

        IReadOnlyList<Kernel> kernels = Fused(early + late);

        Assert.Equal(4, kernels.Count);
        Assert.IsType<AddKernel>(kernels[^1]);
    }

    [Fact]
    public void Results_of_part_panels_and_exact_sums_are_not_joined_further()
    {
        Value x = Value.Input(Shape.Nchw(1, 16, 20, 20));
        Value whole = new Network(16, 16).First.Forward(x).MaxPool(2);
        Value part = new Network(16, 12).First.Forward(x).MaxPool(2);

        Assert.Single(Fused(whole));
        Assert.Equal(2, Fused(part).Count);
        Assert.Equal(
            2, Fusion.CreateKernels(new ComputationGraph(whole), PlanSettings.ForInference(isExact: true)).Count);
    }

    /// <summary>
    /// Mean and variance that a convolution reports, against those of its results in double precision.
    /// </summary>
    [Theory]
    [InlineData(1, 20, 26, 16, 32)] // few tiles: all workers finish blocks of them
    [InlineData(2, 64, 70, 24, 16)] // runs of one worker, the last tiles in part
    [InlineData(1, 32, 32, 64, 128)] // panel by panel
    [InlineData(1, 24, 24, 896, 128)] // source channels in rounds
    [InlineData(2, 40, 40, 1024, 112)] // large filters, for whose runs all workers finish blocks
    public void A_convolution_tells_a_batch_norm_its_statistics(int images, int height, int width, int inC, int outC)
    {
        Conv2d convolution = new Network(inC, outC).First;
        BatchNorm2d norm = new(outC, momentum: 1);
        Value x = Value.Input(Shape.Nchw(images, inC, height, width));
        Value sums = convolution.Forward(x);
        Value y = norm.Forward(sums);
        ParameterStore store = TestStores.For(seed: 1, convolution, norm);
        float[] far = [.. Enumerable.Repeat(100f, outC)]; // from zero, where the variance is easily lost
        store.SetValues(convolution.Parameters().Last(), far);
        float[] results = Run(x, sums, store, isExact: false, sums);
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(y), store, PlanSettings.ForTraining(y));
        plan.SetInput(x, TestTensors.Random(x.Shape, seed: 5).Data);

        plan.Forward();

        Assert.Contains(
            Fusion.CreateKernels(new ComputationGraph(y), PlanSettings.ForTraining(y)),
            kernel => kernel is FilterKernel { StatisticsBlocks: > 0 });
        Parameter[] arrays = [.. norm.Parameters()];
        for (int c = 0; c < outC; c++)
        {
            double[] values = [.. results.Where((_, i) => i % outC == c).Select(value => (double)value)];
            double mean = values.Average();
            double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
            Assert.Equal(mean, store.GetValues(arrays[2])[c], 1e-5 * Math.Abs(mean));
            Assert.Equal(variance, store.GetValues(arrays[3])[c], 1e-4 * variance);
        }
    }

    [Fact]
    public void A_batch_norm_finds_statistics_itself_where_a_convolution_does_not_tell_them()
    {
        Value y =
            new BatchNorm2d(12).Forward(new Network(16, 12).First.Forward(Value.Input(Shape.Nchw(1, 16, 20, 20))));

        Assert.All(
            Fusion.CreateKernels(new ComputationGraph(y), PlanSettings.ForTraining(y)).OfType<FilterKernel>(),
            kernel => Assert.Equal(0, kernel.StatisticsBlocks));
    }

    private static IReadOnlyList<Kernel> Fused(params Value[] outputs) =>
        Fusion.CreateKernels(new ComputationGraph(outputs), PlanSettings.ForInference());

    private static float[] Run(
        Value x, Value output, ParameterStore store, bool isExact, params Value[] outputs)
    {
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(outputs), store, PlanSettings.ForInference(isExact));
        plan.SetInput(x, TestTensors.Random(x.Shape, seed: 5).Data);
        plan.Forward();
        return plan.Output(output).ToArray();
    }

    /// <summary>Two convolutions of the same image.</summary>
    private sealed class Network
    {
        public Network(int inC, int outC)
        {
            First = new Conv2d(inC, outC, kernel: 3, padding: 1);
            Second = new Conv2d(inC, outC, kernel: 3, padding: 1);
        }

        public Conv2d First { get; }

        public Conv2d Second { get; }
    }
}
