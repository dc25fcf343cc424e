using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Execution;

public sealed class PlanTests
{
    private static readonly Shape ImageShape = Shape.Nchw(1, 3, 32, 48);

    [Fact]
    public void Inference_allocates_nothing_in_the_steady_state()
    {
        using CpuDevice device = new(2);
        UNet network = new(3, 1, baseChannels: 4);
        Value x = Value.Input(ImageShape);
        Value y = network.Forward(x);
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInference());
        plan.SetInput(x, TestTensors.Random(ImageShape, seed: 1).Data);

        Assert.Equal(0, AllocatedBy(plan.Forward));
    }

    [Fact]
    public void A_training_step_allocates_nothing_in_the_steady_state()
    {
        using CpuDevice device = new(2);
        UNet network = new(3, 1, baseChannels: 4);
        Optimizer optimizer = Adam.Create(network.Store);
        using TrainingStep step = new(network, LossCatalog.Create("bce+dice", 1), optimizer, device);
        Tensor image = TestTensors.Random(ImageShape, seed: 1);
        Tensor mask = new(ImageShape.WithChannels(1));

        Assert.Equal(0, AllocatedBy(() => step.Train(image, mask)));
    }

    [Fact]
    public void Running_twice_gives_the_same_bits()
    {
        using CpuDevice device = new(2);
        UNet network = new(3, 2, baseChannels: 4, UpSampling.Transpose);
        Value x = Value.Input(ImageShape);
        Value y = network.Forward(x);
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInference());
        Tensor image = TestTensors.Random(ImageShape, seed: 1);

        float[] Run()
        {
            plan.SetInput(x, image.Data);
            plan.Forward();
            return plan.Output(y).ToArray();
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Inference_needs_less_memory_than_all_values_together()
    {
        using CpuDevice device = new(1);
        Value y = new UNet(3, 1, baseChannels: 8).Forward(Value.Input(Shape.Nchw(1, 3, 256, 256)));
        ComputationGraph graph = new(y);
        using Plan plan = device.Compile(
            graph, TestStores.For([.. graph.Outputs]), PlanSettings.ForInference());

        long all = graph.Operations.Sum(operation => operation.Output.Shape.Count) * sizeof(float);

        Assert.InRange(plan.MemoryBytes, 1, all / 2);
    }

    [Fact]
    public void An_image_that_is_too_small_is_refused_with_its_size()
    {
        ShapeException e = Assert.Throws<ShapeException>(
            () => new UNet(3, 1, baseChannels: 4).Forward(Value.Input(Shape.Nchw(1, 3, 8, 64))));

        Assert.Contains("too small", e.Message, StringComparison.Ordinal);
    }

    private static long AllocatedBy(Action action)
    {
        for (int i = 0; i < 3; i++)
        {
            action();
        }

        // Compilation in the background may allocate on this thread's behalf once; the least of several runs counts.
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
