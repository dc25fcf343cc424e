using System.Text.Json;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Tensors;
using UNetSharp.Tests.Golden;
using GraphOf = UNetSharp.Graph.Graph;

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
        using Workers workers = new(2);
        using TrainingPlan plan = new(new GraphOf(y), y, workers, x);
        logits.Data.CopyTo(plan.Input(x));
        golden.Image("target").Data.CopyTo(plan.Input(t));
        if (weights is not null)
        {
            golden.Image("weights").Data.CopyTo(plan.Input(weights));
        }

        float loss = plan.Step();

        Close.Assert(golden.Values("y"), [loss], Tolerance, "loss");
        Close.Assert(golden.Image("dx").Data, plan.Gradient(x), Tolerance, "dx");
    }
}
