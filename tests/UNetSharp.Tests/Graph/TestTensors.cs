using UNetSharp.Tensors;

namespace UNetSharp.Tests.Graph;

/// <summary>Made-up values for tests; the same seed gives the same values.</summary>
internal static class TestTensors
{
    /// <summary>Uniform between −1 and 1.</summary>
    public static Tensor Random(Shape shape, int seed)
    {
        var random = new Random(seed);
        var tensor = new Tensor(shape);
        foreach (ref float value in tensor.Data)
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return tensor;
    }

    /// <summary>One value everywhere.</summary>
    public static Tensor Constant(Shape shape, float value)
    {
        var tensor = new Tensor(shape);
        tensor.Data.Fill(value);
        return tensor;
    }

    /// <summary>
    /// Values that lie at least 0.1 apart from each other and 0.05 from zero, in random order: small steps of finite
    /// differences cross no kink of a maximum or a rectifier.
    /// </summary>
    public static Tensor Distinct(Shape shape, int seed)
    {
        var tensor = new Tensor(shape);
        for (int i = 0; i < tensor.Data.Length; i++)
        {
            tensor.Data[i] = (0.1f * (i - (tensor.Data.Length / 2))) + 0.05f;
        }

        new Random(seed).Shuffle(tensor.Data);
        return tensor;
    }
}
