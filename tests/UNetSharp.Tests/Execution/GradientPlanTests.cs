using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Models.Layers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;
using GraphOf = UNetSharp.Graph.Graph;

namespace UNetSharp.Tests.Execution;

/// <summary>Gradients of trained networks, which stand still.</summary>
public sealed class GradientPlanTests
{
    private const float Step = 1e-2f;
    private static readonly Shape Shape = new(2, 3, 4, 17);

    [Fact]
    public void Batch_norm_in_evaluation_has_the_gradient_of_finite_differences()
    {
        BatchNorm2d layer = new(Shape.C);
        Recipe.Fill(layer, shift: 0);
        AssertDifferences(x => layer.Forward(x));
    }

    [Fact]
    public void A_map_that_a_batch_norm_and_others_read_has_the_sum_of_their_gradients()
    {
        BatchNorm2d layer = new(Shape.C);
        Recipe.Fill(layer, shift: 0);
        AssertDifferences(x => x.Relu(0.1f) + layer.Forward(x) + x);
    }

    [Fact]
    public void Dropout_in_evaluation_passes_gradients_on()
    {
        using Workers workers = new(2);
        Value x = Value.Input(Shape);
        Value y = x.Dropout(0.5f, layer: 1);
        using GradientPlan plan = new(y, workers, x);
        Tensor dy = TestTensors.Random(Shape, seed: 2);
        plan.Forward();
        dy.Data.CopyTo(plan.Gradient(y));
        plan.Backward();

        Assert.Equal(dy.Data, plan.Gradient(x));
    }

    [Fact]
    public void The_result_is_that_of_inference_and_the_network_stays_as_it_is()
    {
        UNet network = new(3, 2, width: 4);
        Recipe.Fill(network, shift: 0);
        float[][] before = [.. network.Parameters().Select(parameter => parameter.Data.ToArray())];
        Tensor image = TestTensors.Random(new Shape(1, 32, 48, 3), seed: 3);
        Value x = Value.Input(image.Shape);
        Value y = network.Forward(x);
        using Workers workers = new(2);
        using InferencePlan inference = new(new GraphOf(y), workers, isExact: true);
        using GradientPlan plan = new(y, workers, x);
        image.Data.CopyTo(inference.Input(x));
        image.Data.CopyTo(plan.Input(x));

        inference.Run();
        plan.Forward();
        plan.Gradient(y).Fill(1);
        plan.Backward();

        Close.Assert(inference.Output(y), plan.Data(y), 1e-5, "logits");
        Assert.Equal(before, network.Parameters().Select(parameter => parameter.Data.ToArray()));
        Assert.All(network.Parameters(), parameter => Assert.Equal(0, parameter.Gradient.ToArray().Max(Math.Abs)));
        Assert.Contains(plan.Gradient(x).ToArray(), value => value != 0);
    }

    /// <summary>Central differences of L = Σ rᵢ · yᵢ for random r.</summary>
    private static void AssertDifferences(Func<Value, Value> build)
    {
        using Workers workers = new(2);
        Value x = Value.Input(Shape);
        Value y = build(x);
        using GradientPlan plan = new(y, workers, x);
        Tensor image = TestTensors.Distinct(Shape, seed: 1);
        Tensor r = TestTensors.Random(y.Shape, seed: 99);

        double Loss()
        {
            image.Data.CopyTo(plan.Input(x));
            plan.Forward();
            return plan.Data(y).ToArray().Zip(r.Data.ToArray(), (value, factor) => (double)value * factor).Sum();
        }

        Loss();
        r.Data.CopyTo(plan.Gradient(y));
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
