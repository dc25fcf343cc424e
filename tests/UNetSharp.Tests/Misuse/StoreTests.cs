using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Misuse;

/// <summary>Parameters that change under a plan, an optimizer or a predictor, and stores of another network.</summary>
public sealed class StoreTests
{
    private static readonly Tensor Image = TestTensors.Random(Shape.Nchw(1, 1, 16, 16), seed: 3);
    private static readonly Tensor Mask = TestTensors.Constant(Image.Shape, 1);

    [Fact]
    public void A_network_that_is_initialized_after_its_optimizer_was_made_is_trained_from_there()
    {
        float[] expected = AfterAStep(Create(seed: 2), initializes: false);

        Assert.Equal(expected, AfterAStep(Create(seed: 1), initializes: true));

        static float[] AfterAStep(Network network, bool initializes)
        {
            using CpuDevice device = new(2);
            Optimizer optimizer = Adam.Create(network.Store, learningRate: 0.1);
            using TrainingStep step = new(network, LossCatalog.Create("bce", 1), optimizer, device);
            if (initializes)
            {
                network.Store.Initialize(2);
            }

            float[] before = network.Store.AllValues.ToArray();
            step.Train(Image, Mask);
            Assert.NotEqual(before, network.Store.AllValues.ToArray());
            return network.Store.AllValues.ToArray();
        }
    }

    [Fact]
    public void Weights_that_are_loaded_into_a_network_with_a_plan_are_those_that_it_computes_with()
    {
        Network network = Create(seed: 1), other = Create(seed: 2);
        using CpuDevice device = new(2);
        using Predictor predictor = new(network, device), expected = new(other, device);
        float[] before = predictor.Predict(Image);

        StateDict.Load(network, StateDict.FromModule(other), "weights");

        Assert.NotEqual(before, predictor.Predict(Image));
        Assert.Equal(expected.Predict(Image), predictor.Predict(Image));
    }

    [Fact]
    public void What_training_changes_is_seen_by_a_predictor()
    {
        Network network = Create(seed: 1);
        using CpuDevice device = new(2);
        using Predictor predictor = new(network, device);
        using TrainingStep step = new(
            network, LossCatalog.Create("bce", 1), new Sgd(network.Store, learningRate: 1), device);
        float[] before = predictor.Predict(Image);

        step.Train(Image, Mask);

        Assert.NotEqual(before, predictor.Predict(Image));
    }

    [Fact]
    public void The_store_of_another_network_is_refused_by_the_parameters_name()
    {
        Network network = Create(seed: 1), other = Create(seed: 1);
        using CpuDevice device = new(1);
        ComputationGraph graph = new(network.Forward(Value.Input(Image.Shape)));

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => device.Compile(graph, other.Store, PlanSettings.ForInference()));

        Assert.Contains(network.Parameters().First().Name, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(1, 1, 1, 0)]
    [InlineData(1, 1, 1 << 16, 1 << 16)]
    public void A_shape_with_a_zero_or_too_many_pixels_cannot_be_made(int n, int c, int h, int w)
    {
        ShapeException e = Assert.Throws<ShapeException>(() => Shape.Nchw(n, c, h, w));

        Assert.Contains($"({n}, {c}, {h}, {w})", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shape_of_nothing_is_refused()
    {
        Assert.Throws<ShapeException>(() => new Tensor(default));
        Assert.Throws<ShapeException>(() => Value.Input(default));
    }

    [Fact]
    public void An_index_outside_of_a_tensor_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Image[0, 1, 0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Image[0, 0, -1, 0]);
    }

    private static Network Create(int seed) => ModelCatalog.Create(
        new ModelSettings("unet-leaky", Channels: 1, Classes: 1) { BaseChannels = 2 }, seed);
}
