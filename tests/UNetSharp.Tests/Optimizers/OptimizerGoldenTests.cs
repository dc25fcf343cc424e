using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Optimizers;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Optimizers;

/// <summary>Ten steps with given gradients against PyTorch: the weights, and what is remembered.</summary>
public sealed class OptimizerGoldenTests
{
    // Of the largest value: a few roundings of float32. PyTorch contracts some products and sums, we do none.
    private const double Tolerance = 2.5e-7;

    public static TheoryData<string> Cases => GoldenFile.Cases("optimizers");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_and_state_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        float[] gradients = golden.Values("gradients");
        int count = golden.Values("start").Length;
        Parameter parameter = new(null, "w", [count], ParameterKind.Trained, (_, _) => { });
        ParameterStore store = new([parameter]);
        store.SetValues(parameter, golden.Values("start"));
        Optimizer optimizer = Create(golden, store);
        using CpuDevice device = new(1);

        for (int step = 0; step < 10; step++)
        {
            store.SetGradients(parameter, gradients.AsSpan(step * count, count));
            optimizer.Step(device);
        }

        float[] start = golden.Values("start");
        CloseAssert.AreClose(golden.Values("end"), store.GetValues(parameter), Tolerance, "weights");
        Assert.NotEqual(start, store.GetValues(parameter).ToArray());
        Dictionary<string, float[]> state =
            OptimizerStateDict.FromOptimizer(optimizer).ToDictionary(tensor => tensor.Name, tensor => tensor.Values);
        foreach (StoredTensor expected in golden.WithPrefix("state."))
        {
            CloseAssert.AreClose(expected.Values, state["w." + expected.Name], Tolerance, expected.Name);
        }
    }

    private static Optimizer Create(GoldenFile golden, ParameterStore store) => golden.Text("algorithm") switch
    {
        "RMSprop" => new RmsProp(
            store,
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("momentum"),
            golden.Double("alpha"),
            golden.Double("eps")),
        "Adam" => Adam.Create(
            store,
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("beta1"),
            golden.Double("beta2"),
            golden.Double("eps")),
        "AdamW" => Adam.CreateDecoupled(
            store,
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("beta1"),
            golden.Double("beta2"),
            golden.Double("eps")),
        "SGD" => new Sgd(
            store, golden.Double("lr"), golden.Double("weight_decay"), golden.Double("momentum")),
        string other => throw new ArgumentException(other),
    };
}
