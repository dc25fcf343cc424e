using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Graph;

public class DropoutTests
{
    private static readonly Shape Shape = Shape.Nchw(2, 10, 20, 30);

    [Fact]
    public void A_share_is_dropped_and_the_rest_grows()
    {
        (float[] y, float[] dx) = Train(0.25f, layer: 1, seed: 7, threads: 2);

        Assert.InRange(y.Count(value => value == 0) / (double)y.Length, 0.23, 0.27);
        Assert.All(y.Zip(dx), pair => Assert.True(pair is (0, 0) or (4 / 3f, 4 / 3f), $"{pair}"));
    }

    [Fact]
    public void Places_follow_from_seed_and_layer_alone()
    {
        float[] first = Train(0.5f, layer: 1, seed: 7, threads: 1).Y;

        Assert.Equal(first, Train(0.5f, layer: 1, seed: 7, threads: 3).Y);
        double[] same =
        [
            .. new[] { Train(0.5f, layer: 1, seed: 8, threads: 1).Y, Train(0.5f, layer: 2, seed: 7, threads: 1).Y }
                .Select(other => first.Zip(other).Count(pair => pair.First == pair.Second) / (double)first.Length),
        ];
        Assert.All(same, share => Assert.InRange(share, 0.47, 0.53));
    }

    [Fact]
    public void Inference_drops_nothing()
    {
        using CpuDevice device = new(2);
        Value x = Value.Input(Shape);
        Value y = x.Dropout(0.5f, layer: 1);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForInference());
        plan.SetInput(x, TestTensors.Constant(x.Shape, 3).Data);

        plan.Forward();

        Assert.All(plan.Output(y).ToArray(), value => Assert.Equal(3, value));
    }

    private static (float[] Y, float[] Dx) Train(float probability, int layer, int seed, int threads)
    {
        using CpuDevice device = new(threads);
        Value x = Value.Input(Shape);
        Value y = x.Dropout(probability, layer);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForTraining(y, x));
        plan.Seed = seed;
        plan.SetInput(x, TestTensors.Constant(x.Shape, 1).Data);
        plan.Forward();
        float[] result = plan.Output(y).ToArray();
        plan.SetResultGradient(TestTensors.Constant(y.Shape, 1).Data);
        plan.Backward();
        return (result, plan.Gradient(x).ToArray());
    }
}
