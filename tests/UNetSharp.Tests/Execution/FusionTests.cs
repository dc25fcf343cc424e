using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;
using GraphOf = UNetSharp.Graph.Graph;

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
        Value x = Value.Input(new Shape(images, height, width, inC));
        Value skip = network.First.Forward(x);
        Value sum = network.Second.Forward(x).Relu(0.1f) + skip;
        Value pooled = sum.MaxPool(2);

        Assert.Equal(5, new GraphOf(sum, pooled).Operations.Count);
        Assert.Equal(2, Joined(sum, pooled).Count);
        foreach (Value output in new[] { sum, pooled })
        {
            Close.Assert(Run(x, output, isExact: true, sum, pooled), Run(x, output, isExact: false, sum, pooled), 5e-5, "y");
        }
    }

    [Fact]
    public void A_pooling_with_a_rest_stays_on_its_own()
    {
        Value odd = new Network(16, 16).First.Forward(Value.Input(new Shape(1, 21, 20, 16)));

        Assert.Equal(2, Joined(odd.MaxPool(2)).Count);
        Assert.Equal(2, Joined(odd.MaxPool(2, ceilMode: true)).Count);
        Assert.Equal(2, Joined(odd.MaxPool(3, stride: 1)).Count);
    }

    [Fact]
    public void What_is_added_must_be_there_before()
    {
        Network network = new(16, 16);
        Value x = Value.Input(new Shape(1, 20, 20, 16));
        Value early = network.First.Forward(x);
        Value late = network.Second.Forward(x).Sigmoid();

        IReadOnlyList<Operation> operations = Joined(early + late);

        Assert.Equal(4, operations.Count);
        Assert.IsType<Addition>(operations[^1]);
    }

    [Fact]
    public void Results_of_part_panels_and_exact_sums_are_not_joined_further()
    {
        Value x = Value.Input(new Shape(1, 20, 20, 16));
        Value whole = new Network(16, 16).First.Forward(x).MaxPool(2);
        Value part = new Network(16, 12).First.Forward(x).MaxPool(2);

        Assert.Single(Joined(whole));
        Assert.Equal(2, Joined(part).Count);
        Assert.Equal(2, Fusion.ForInference(new GraphOf(whole).Operations, new HashSet<Value> { whole }, isExact: true).Count);
    }

    /// <summary>Mean and variance that a convolution tells, against those of its results in double precision.</summary>
    [Theory]
    [InlineData(1, 20, 26, 16, 32)] // few tiles: all workers finish blocks of them
    [InlineData(2, 64, 70, 24, 16)] // runs of one worker, the last tiles in part
    [InlineData(1, 32, 32, 64, 128)] // panel by panel
    [InlineData(1, 24, 24, 896, 128)] // source channels in rounds
    [InlineData(2, 40, 40, 1024, 112)] // large filters, for whose runs all workers finish blocks
    public void A_convolution_tells_a_batch_norm_its_statistics(int images, int height, int width, int inC, int outC)
    {
        Conv2d convolution = new Network(inC, outC).First;
        convolution.Parameters().Last().Data.Fill(100); // far from zero, where the variance is easily lost
        BatchNorm2d norm = new(outC, momentum: 1);
        Value x = Value.Input(new Shape(images, height, width, inC));
        Value sums = convolution.Forward(x);
        Value y = norm.Forward(sums);
        float[] results = Run(x, sums, isExact: false, sums);
        using Workers workers = new(2);
        using TrainingPlan plan = new(new GraphOf(y), y, workers);
        TestTensors.Random(x.Shape, seed: 5).Data.CopyTo(plan.Input(x));

        plan.Forward();

        Assert.Contains(
            Fusion.ForTraining(new GraphOf(y).Operations, new HashSet<Value> { y }, isExact: false),
            operation => operation is FilterOperation { StatisticsBlocks: > 0 });
        Parameter[] arrays = [.. norm.Parameters()];
        for (int c = 0; c < outC; c++)
        {
            double[] values = [.. results.Where((_, i) => i % outC == c).Select(value => (double)value)];
            double mean = values.Average();
            double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
            Assert.Equal(mean, arrays[2].Data[c], 1e-5 * Math.Abs(mean));
            Assert.Equal(variance, arrays[3].Data[c], 1e-4 * variance);
        }
    }

    [Fact]
    public void A_batch_norm_finds_statistics_itself_where_a_convolution_does_not_tell_them()
    {
        Value y = new BatchNorm2d(12).Forward(new Network(16, 12).First.Forward(Value.Input(new Shape(1, 20, 20, 16))));

        Assert.All(
            Fusion.ForTraining(new GraphOf(y).Operations, new HashSet<Value> { y }, isExact: false).OfType<FilterOperation>(),
            operation => Assert.Equal(0, operation.StatisticsBlocks));
    }

    private static IReadOnlyList<Operation> Joined(params Value[] outputs) =>
        Fusion.ForInference(new GraphOf(outputs).Operations, outputs.ToHashSet(), isExact: false);

    private static float[] Run(Value x, Value output, bool isExact, params Value[] outputs)
    {
        using Workers workers = new(2);
        using InferencePlan plan = new(new GraphOf(outputs), workers, isExact);
        TestTensors.Random(x.Shape, seed: 5).Data.CopyTo(plan.Input(x));
        plan.Run();
        return plan.Output(output).ToArray();
    }

    /// <summary>Two convolutions of the same image.</summary>
    private sealed class Network
    {
        public Network(int inC, int outC)
        {
            First = new Conv2d(inC, outC, kernel: 3, padding: 1);
            Second = new Conv2d(inC, outC, kernel: 3, padding: 1);
            First.Initialize(seed: 1);
            Second.Initialize(seed: 2);
        }

        public Conv2d First { get; }

        public Conv2d Second { get; }
    }
}
