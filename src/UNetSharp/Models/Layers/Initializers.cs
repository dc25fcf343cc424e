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

    /// <summary>
    /// The same less the mean of each filter. What a filter reads behind a rectifier is never below 0: one with weights
    /// of one sign, as chance gives to narrow networks, starts with the same answer for every pixel, and small steps
    /// never leave it.
    /// </summary>
    public static Action<Random, Span<float>> CenteredByFanIn(int fanIn) => (random, values) =>
    {
        UniformByFanIn(fanIn)(random, values);
        Center(values, fanIn);
    };

    /// <summary>Subtracts the mean of each filter of so many weights.</summary>
    public static void Center(Span<float> values, int fanIn)
    {
        for (int start = 0; fanIn > 1 && start < values.Length; start += fanIn)
        {
            Span<float> filter = values.Slice(start, fanIn);
            float sum = 0;
            foreach (float weight in filter)
            {
                sum += weight;
            }

            foreach (ref float weight in filter)
            {
                weight -= sum / fanIn;
            }
        }
    }
}
