namespace UNetSharp.Data;

/// <summary>
/// What a result pixel of bilinear resizing takes along one axis: the mean of the source pixels around its place,
/// weighted by a triangle.
/// </summary>
/// <param name="First">The first source pixel.</param>
/// <param name="Weights">Weights of it and those after it; their sum is 1.</param>
internal readonly record struct TriangleWeights(int First, float[] Weights)
{
    /// <summary>Two source pixels wide when enlarging, wider by the factor when shrinking: no aliasing.</summary>
    public static TriangleWeights[] Antialiased(int from, int to) => Create(from, to, Math.Max(1, (double)from / to));

    /// <summary>Two source pixels wide.</summary>
    public static TriangleWeights[] Bilinear(int from, int to) => Create(from, to, radius: 1);

    /// <summary>Adds weight · values.</summary>
    public static void Add(float weight, ReadOnlySpan<float> values, Span<float> to)
    {
        for (int c = 0; c < to.Length; c++)
        {
            to[c] += weight * values[c];
        }
    }

    /// <summary>Adds the weighted pixels of a row.</summary>
    public void AddPixels(ReadOnlySpan<float> row, int channels, Span<float> to)
    {
        for (int k = 0; k < Weights.Length; k++)
        {
            Add(Weights[k], row.Slice((First + k) * channels, channels), to);
        }
    }

    private static TriangleWeights[] Create(int from, int to, double radius)
    {
        double scale = (double)from / to;
        var triangles = new TriangleWeights[to];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - radius + 0.5));
            int end = Math.Min(from, (int)(center + radius + 0.5));
            double[] weights =
            [
                .. Enumerable.Range(first, end - first)
                    .Select(k => Math.Max(0, 1 - Math.Abs((k + 0.5 - center) / radius))),
            ];
            double sum = weights.Sum();
            triangles[i] = new TriangleWeights(first, [.. weights.Select(weight => (float)(weight / sum))]);
        }

        return triangles;
    }
}
