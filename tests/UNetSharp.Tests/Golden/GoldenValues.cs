using System.Text;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Golden;

/// <summary>
/// The numbers that tests/golden/make.py makes from names alone (recipe, fill, sample), so that the golden files of
/// networks hold results only.
/// </summary>
internal static class GoldenValues
{
    private const int MaxSamples = 16;

    /// <summary>Uniform in [0, 1).</summary>
    public static IEnumerable<double> Uniform(string name)
    {
        ulong state = Encoding.UTF8.GetBytes(name).Aggregate(
            0xCBF29CE484222325, (hash, value) => (hash ^ value) * 0x100000001B3);
        while (true)
        {
            state += 0x9E3779B97F4A7C15;
            ulong x = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            yield return ((x ^ (x >> 31)) >> 40) / (double)(1 << 24);
        }
    }

    /// <summary>An image between −1 and 1; the numbers are drawn in the order of (N, C, H, W).</summary>
    public static Tensor Image(string name, Shape shape)
    {
        Tensor tensor = new(shape);
        using IEnumerator<double> draws = Uniform(name).GetEnumerator();
        for (int n = 0; n < shape.N; n++)
        {
            for (int c = 0; c < shape.C; c++)
            {
                for (int h = 0; h < shape.H; h++)
                {
                    for (int w = 0; w < shape.W; w++)
                    {
                        draws.MoveNext();
                        tensor[n, c, h, w] = (2 * (float)draws.Current) - 1;
                    }
                }
            }
        }

        return tensor;
    }

    /// <summary>Sets every parameter of a network; biases are shifted.</summary>
    public static void Fill(ParameterStore store, double shift)
    {
        foreach (Parameter parameter in store.Parameters.Where(parameter => parameter.Dims.Count > 0))
        {
            IEnumerable<double> draws = Uniform(parameter.Name).Take(parameter.Count);
            store.SetValues(parameter, [.. draws.Select(draw => (float)Scaled(parameter, draw, shift))]);
        }
    }

    /// <summary>At most so many values, evenly spread.</summary>
    public static float[] Sample(ReadOnlySpan<float> values)
    {
        int step = Math.Max(1, (values.Length + MaxSamples - 1) / MaxSamples);
        float[] sample = new float[(values.Length + step - 1) / step];
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = values[i * step];
        }

        return sample;
    }

    private static double Scaled(Parameter parameter, double u, double shift)
    {
        if (parameter.Dims.Count == 4)
        {
            return ((2 * u) - 1) * Math.Sqrt(6.0 / (parameter.Dims[1] * parameter.Dims[2] * parameter.Dims[3]));
        }

        bool isFactor = parameter.Name.EndsWith("weight", StringComparison.Ordinal)
            || parameter.Name.EndsWith("running_var", StringComparison.Ordinal);
        bool isBias = parameter.Name.EndsWith("bias", StringComparison.Ordinal);
        return isFactor ? u + 0.5 : ((u - 0.5) * 0.2) + (isBias ? shift : 0);
    }
}
