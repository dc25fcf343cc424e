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
        golden.Values("start").CopyTo(parameter.Data);
        Optimizer optimizer = Create(golden, parameter);
        using var workers = new Workers(1);

        for (int step = 0; step < 10; step++)
        {
            gradients.AsSpan(step * count, count).CopyTo(parameter.Gradient);
            optimizer.Step(workers);
        }

        float[] start = golden.Values("start");
        Close.Assert(golden.Values("end"), parameter.Data, Tolerance, "weights");
        Assert.NotEqual(start, parameter.Data.ToArray());
        Dictionary<string, float[]> state =
            optimizer.State().ToDictionary(tensor => tensor.Name, tensor => tensor.Values);
        foreach (StoredTensor expected in golden.WithPrefix("state."))
        {
            Close.Assert(expected.Values, state["w." + expected.Name], Tolerance, expected.Name);
        }
    }

    private static Optimizer Create(GoldenFile golden, Parameter parameter) => golden.Text("algorithm") switch
    {
        "RMSprop" => new RmsProp(
            [parameter],
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("momentum"),
            golden.Double("alpha"),
            golden.Double("eps")),
        "Adam" => Adam.Create(
            [parameter],
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("beta1"),
            golden.Double("beta2"),
            golden.Double("eps")),
        "AdamW" => Adam.CreateDecoupled(
            [parameter],
            golden.Double("lr"),
            golden.Double("weight_decay"),
            golden.Double("beta1"),
            golden.Double("beta2"),
            golden.Double("eps")),
        "SGD" => new Sgd(
            [parameter], golden.Double("lr"), golden.Double("weight_decay"), golden.Double("momentum")),
        string other => throw new ArgumentException(other),
    };
}
