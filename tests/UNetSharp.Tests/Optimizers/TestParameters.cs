using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Optimizers;

/// <summary>Parameters without a network.</summary>
internal static class TestParameters
{
    /// <summary>A parameter with random initial values; the same seed gives the same.</summary>
    public static Parameter Random(string name, int count, int seed, ParameterKind kind = ParameterKind.Trained) =>
        new(null, name, [count], kind, (_, values) => Values(count, seed).CopyTo(values));

    /// <summary>A store of parameters, with random gradients.</summary>
    public static ParameterStore Store(params Parameter[] parameters)
    {
        ParameterStore store = new(parameters);
        foreach (Parameter parameter in store.Trained)
        {
            store.SetGradients(parameter, Values(parameter.Count, seed: parameter.Count));
        }

        return store;
    }

    /// <summary>Random values between −1 and 1.</summary>
    public static float[] Values(int count, int seed) =>
        TestTensors.Random(Shape.Nchw(1, count, 1, 1), seed).Data.ToArray();
}
