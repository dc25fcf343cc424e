using UNetSharp.Graph;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;

namespace UNetSharp.Tests.Optimizers;

/// <summary>Parameters without a network.</summary>
internal static class TestParameters
{
    /// <summary>A parameter with random values and gradients; the same seed gives the same.</summary>
    public static Parameter Random(string name, int count, int seed, ParameterKind kind = ParameterKind.Trained)
    {
        Parameter parameter = new(null, name, [count], kind, (_, _) => { });
        Values(count, seed).CopyTo(parameter.Data);
        Values(count, seed + 1).CopyTo(parameter.Gradient);
        return parameter;
    }

    /// <summary>Random values between −1 and 1.</summary>
    public static float[] Values(int count, int seed) =>
        TestTensors.Random(new Shape(1, 1, 1, count), seed).Data.ToArray();
}
