using System.Text.Json;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Losses;

/// <summary>Losses with all that they can be told against definitions in PyTorch (loss_options of make.py).</summary>
public sealed class LossGoldenTests
{
    // Of the largest value. The derivatives of Lovász losses by probabilities all but cancel in those by logits.
    private const double Tolerance = 5e-6;

    public static TheoryData<string> Cases => GoldenFile.Cases("loss-options");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        Tensor logits = golden.Image("x");
        LossOptions options = JsonSerializer.Deserialize<LossOptions>(golden.Text("options"))!;
        Value x = Value.Input(logits.Shape);
        Value t = Value.Input(logits.Shape.WithChannels(1));
        Value? weights = golden.Has("weights") ? Value.Input(t.Shape) : null;
        Value y = LossCatalog.Sum(LossCatalog.Parse(golden.Text("loss"), options), x, t, weights);
        using CpuDevice device = new(2);
        using Plan plan = device.Compile(
            new ComputationGraph(y), TestStores.For(y), PlanSettings.ForTraining(y, x));
        plan.SetInput(x, logits.Data);
        plan.SetInput(t, golden.Image("target").Data);
        if (weights is not null)
        {
            plan.SetInput(weights, golden.Image("weights").Data);
        }

        float loss = plan.ComputeGradients();

        CloseAssert.AreClose(golden.Values("y"), [loss], Tolerance, "loss");
        CloseAssert.AreClose(golden.Image("dx").Data, plan.Gradient(x), Tolerance, "dx");
    }
}
