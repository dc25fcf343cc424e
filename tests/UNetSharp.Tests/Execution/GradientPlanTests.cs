using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Execution;

/// <summary>Gradients of trained networks, which stand still.</summary>
public sealed class GradientPlanTests
{
    private const float Step = 1e-2f;
    private static readonly Shape Shape = Shape.Nchw(2, 17, 3, 4);

    [Fact]
    public void Batch_norm_in_evaluation_has_the_gradient_of_finite_differences()
    {
        BatchNorm2d layer = new(Shape.C);
        AssertDifferences(x => layer.Forward(x));
    }

    [Fact]
    public void A_map_that_a_batch_norm_and_others_read_has_the_sum_of_their_gradients()
    {
        BatchNorm2d layer = new(Shape.C);
        AssertDifferences(x => x.Relu(0.1f) + layer.Forward(x) + x);
    }

    [Fact]
    public void Dropout_in_evaluation_passes_gradients_on()
    {
        using CpuDevice device = new(2);
        Value x = Value.Input(Shape);
        Value y = x.Dropout(0.5f, layer: 1);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForInputGradients(y, x));
        Tensor dy = TestTensors.Random(Shape, seed: 2);
        plan.Forward();
        plan.SetResultGradient(dy.Data);
        plan.Backward();

        Assert.Equal(dy.Data.ToArray(), plan.Gradient(x));
    }

    [Fact]
    public void The_result_is_that_of_inference_and_the_network_stays_as_it_is()
    {
        UNet network = new(3, 2, baseChannels: 4);
        GoldenValues.Fill(network.Store, shift: 0);
        float[][] before = [.. network.Parameters().Select(parameter => network.Store.GetValues(parameter).ToArray())];
        Tensor image = TestTensors.Random(Shape.Nchw(1, 3, 32, 48), seed: 3);
        Value x = Value.Input(image.Shape);
        Value y = network.Forward(x);
        using CpuDevice device = new(2);
        using Plan inference = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInference(true));
        using Plan plan = device.Compile(
            new ComputationGraph(y), network.Store, PlanSettings.ForInputGradients(y, x));
        inference.SetInput(x, image.Data);
        plan.SetInput(x, image.Data);

        inference.Forward();
        plan.Forward();
        plan.SetResultGradient(TestTensors.Constant(y.Shape, 1).Data);
        plan.Backward();

        CloseAssert.AreClose(inference.Output(y), plan.Output(y), 1e-5, "logits");
        Assert.Equal(before, network.Parameters().Select(parameter => network.Store.GetValues(parameter).ToArray()));
        Assert.DoesNotContain(network.Store.AllGradients.ToArray(), value => value != 0);
        Assert.Contains(plan.Gradient(x).ToArray(), value => value != 0);
    }

    /// <summary>Central differences of L = Σ rᵢ · yᵢ for random r.</summary>
    private static void AssertDifferences(Func<Value, Value> build)
    {
        using CpuDevice device = new(2);
        Value x = Value.Input(Shape);
        Value y = build(x);
        ParameterStore store = TestStores.For(y);
        GoldenValues.Fill(store, shift: 0);
        using Plan plan = device.Compile(
            new ComputationGraph(y), store, PlanSettings.ForInputGradients(y, x));
        Tensor image = TestTensors.Distinct(Shape, seed: 1);
        Tensor r = TestTensors.Random(y.Shape, seed: 99);

        double Loss()
        {
            plan.SetInput(x, image.Data);
            plan.Forward();
            return plan.Output(y).ToArray().Zip(r.Data.ToArray(), (value, factor) => (double)value * factor).Sum();
        }

        Loss();
        plan.SetResultGradient(r.Data);
        plan.Backward();
        float[] gradient = plan.Gradient(x).ToArray();
        for (int i = 0; i < gradient.Length; i++)
        {
            float start = image.Data[i];
            image.Data[i] = start + Step;
            double above = Loss();
            image.Data[i] = start - Step;
            double below = Loss();
            image.Data[i] = start;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 4e-3);
        }
    }
}
