namespace UNetSharp.Models.Layers;

/// <summary>How parameters start.</summary>
internal static class Initializers
{
    /// <summary>All zeros.</summary>
    public static Action<Random, Span<float>> Zero { get; } = (_, values) => values.Clear();

    /// <summary>All ones.</summary>
    public static Action<Random, Span<float>> One { get; } = (_, values) => values.Fill(1);

    /// <summary>
    /// Uniform between ±1/√fanIn: PyTorch's default for convolutions, kaiming_uniform with a = √5 (He et al. 2015,
    /// https://arxiv.org/abs/1502.01852), and for their biases.
    /// </summary>
    public static Action<Random, Span<float>> UniformByFanIn(int fanIn)
    {
        float bound = 1 / MathF.Sqrt(fanIn);
        return (random, values) =>
        {
            foreach (ref float value in values)
            {
                value = ((2 * random.NextSingle()) - 1) * bound;
            }
        };
    }
}
