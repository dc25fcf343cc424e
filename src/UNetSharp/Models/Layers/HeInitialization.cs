using UNetSharp.Graph;

namespace UNetSharp.Models.Layers;

/// <summary>
/// Starting values that keep the size of signals through layers of rectifiers, without which a network that has no
/// batch norm hardly learns: weights of the normal distribution with variance 2 / fan-in, biases 0 (He et al. 2015,
/// https://arxiv.org/abs/1502.01852; the U-Net paper, section 3). Batch norms stay at 1 and 0; the filters of
/// scores add up to 0.
/// </summary>
internal static class HeInitialization
{
    /// <summary>Sets the weights of every convolution; the same seed gives the same values.</summary>
    public static void Apply(Network network, int seed)
    {
        Random random = new(seed);
        bool isConvolution = false;
        foreach (
            Parameter parameter in network.Parameters().Where(parameter => parameter.Kind == ParameterKind.Trained))
        {
            if (parameter.Dims.Count == 4)
            {
                int fanIn = parameter.Dims[1] * parameter.Dims[2] * parameter.Dims[3];
                float[] weights = Normal(parameter.Count, Math.Sqrt(2.0 / fanIn), random);
                if (parameter.Dims[0] == network.Classes)
                {
                    Initializers.Center(weights, fanIn);
                }

                network.Store.SetValues(parameter, weights);
                isConvolution = true;
            }
            else if (isConvolution)
            {
                // What follows a convolution's weights is its bias, or the weight of a batch norm.
                if (parameter.Name.EndsWith(".bias", StringComparison.Ordinal))
                {
                    network.Store.SetValues(parameter, new float[parameter.Count]);
                }

                isConvolution = false;
            }
        }
    }

    // Box and Muller's pairs.
    private static float[] Normal(int count, double deviation, Random random)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
