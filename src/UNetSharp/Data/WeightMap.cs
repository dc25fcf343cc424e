namespace UNetSharp.Data;

/// <summary>
/// The weights of pixels in the U-Net paper, equation 2 (https://arxiv.org/abs/1505.04597):
/// w(x) = wc(x) + w0·exp(−(d1(x) + d2(x))² / 2σ²), with wc to balance the classes' frequencies in the data set, and d1
/// and d2 the distances to the border of the nearest and of the second nearest cell. The narrow background between two
/// cells gets a high weight, so that a network learns to keep them apart.
/// A cell's border are its pixels that have one outside the cell at a side. Distances are between pixels' centres.
/// </summary>
/// <remarks>
/// A cell's distances are exact (Felzenszwalb and Huttenlocher, https://doi.org/10.4086/toc.2012.v008a019), but
/// computed only as far from it as they can change the result's float.
/// </remarks>
public static class WeightMap
{
    /// <summary>What the second term may be short of, beside which weights are about 1.</summary>
    private const double MinWeight = 1e-8;

    private static readonly WeightMapSettings Paper = new();

    /// <summary>
    /// Weights that balance classes, wc = 1 / (K · share): their mean over all pixels is 1. A class that is never seen
    /// has the weight 0.
    /// </summary>
    /// <param name="shares">Share of all pixels in each class, of <see cref="DataReport.ClassShares"/>.</param>
    public static float[] ComputeClassWeights(IReadOnlyList<double> shares)
    {
        int seen = shares.Count(share => share > 0);
        return [.. shares.Select(share => share > 0 ? (float)(1 / (seen * share)) : 0)];
    }

    /// <summary>The weights with the paper's numbers; cells are connected pixels of one class.</summary>
    /// <param name="classes">Class of every pixel, 0 for background, (height, width).</param>
    /// <param name="size">Height and width.</param>
    /// <param name="classWeights">wc of every class, for example from <see cref="ComputeClassWeights"/>.</param>
    public static float[] Compute(ReadOnlySpan<byte> classes, PictureSize size, IReadOnlyList<float> classWeights) =>
        Compute(classes, Cells.Label(classes, size), size, classWeights, Paper);

    /// <summary>The weights.</summary>
    /// <param name="classes">Class of every pixel, (height, width).</param>
    /// <param name="cells">Cell of every pixel, any number above 0; 0 for what is in none.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="classWeights">wc of every class.</param>
    /// <param name="settings">w0 and σ.</param>
    public static float[] Compute(
        ReadOnlySpan<byte> classes,
        ReadOnlySpan<int> cells,
        PictureSize size,
        IReadOnlyList<float> classWeights,
        WeightMapSettings settings)
    {
        Validate(classes, cells, size, classWeights, settings);
        float[] weights = new float[classes.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = classWeights[classes[i]];
        }

        if (settings.BorderWeight > MinWeight)
        {
            AddBorders(weights, cells, size, settings);
        }

        return weights;
    }

    private static void AddBorders(
        float[] weights, ReadOnlySpan<int> cells, PictureSize size, WeightMapSettings settings)
    {
        double twoVariances = 2 * settings.Sigma * settings.Sigma;
        double reach = Math.Sqrt(twoVariances * Math.Log(settings.BorderWeight / MinWeight));
        float[] nearest = new float[weights.Length];
        float[] second = new float[weights.Length];
        new CellDistances(cells, size, reach).FindTwoNearest(nearest, second);
        for (int i = 0; i < weights.Length; i++)
        {
            if (second[i] <= reach)
            {
                double sum = (double)nearest[i] + second[i];
                weights[i] += (float)(settings.BorderWeight * Math.Exp(-sum * sum / twoVariances));
            }
        }
    }

    private static void Validate(
        ReadOnlySpan<byte> classes,
        ReadOnlySpan<int> cells,
        PictureSize size,
        IReadOnlyList<float> classWeights,
        WeightMapSettings settings)
    {
        if (classes.Length != size.Height * size.Width || cells.Length != classes.Length)
        {
            throw new ArgumentException($"A weight map of {size} needs {size.Height * size.Width} classes and cells, "
                + $"but {classes.Length} and {cells.Length} came.");
        }

        int unknown = classes.IndexOfAnyExceptInRange((byte)0, (byte)Math.Clamp(classWeights.Count - 1, 0, 255));
        if (unknown >= 0 || classWeights.Count == 0)
        {
            throw new ArgumentException($"A weight map needs a weight for every class, but {classWeights.Count} came"
                + (unknown >= 0 ? $" and there is a class {classes[unknown]}." : "."));
        }

        if (settings is not { BorderWeight: >= 0 and <= float.MaxValue, Sigma: > 0 and <= float.MaxValue })
        {
            throw new ArgumentException($"A weight map's border weight is at least 0 and its sigma above 0, not "
                + $"{settings.BorderWeight} and {settings.Sigma}.");
        }
    }
}

/// <summary>How strongly the space between cells is weighted.</summary>
/// <param name="BorderWeight">w0: the weight of a pixel at no distance from two cells.</param>
/// <param name="Sigma">σ in pixels: how wide the space may be.</param>
public sealed record WeightMapSettings(float BorderWeight = 10, float Sigma = 5);
