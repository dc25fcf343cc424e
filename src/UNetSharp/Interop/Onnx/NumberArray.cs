namespace UNetSharp.Interop.Onnx;

/// <summary>Numbers of known values with their sizes, for arithmetic before a network runs.</summary>
/// <param name="Dims">Sizes.</param>
/// <param name="Values">The numbers in row-major order.</param>
/// <param name="IsInteger">Whether they are whole ones.</param>
internal sealed record NumberArray(IReadOnlyList<int> Dims, double[] Values, bool IsInteger)
{
    /// <summary>How many numbers there may be: the weights of the largest layers.</summary>
    public const int MaxCount = 1 << 23;

    /// <summary>The numbers of an array.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public static NumberArray Read(OnnxTensor tensor) => tensor.Count <= MaxCount
        ? new NumberArray(tensor.Dims, Array.ConvertAll(tensor.ToFloats(), value => (double)value), tensor.IsInteger)
        : throw TooMany(tensor.Count);

    /// <summary>The array.</summary>
    public OnnxTensor ToTensor() => IsInteger
        ? OnnxTensor.Create("", Dims, Array.ConvertAll(Values, value => (long)value))
        : OnnxTensor.Create("", Dims, Array.ConvertAll(Values, value => (float)value));

    /// <summary>A function of each number.</summary>
    public NumberArray Map(Func<double, double> function, bool isInteger) =>
        new(Dims, [.. Values.Select(function)], isInteger);

    /// <summary>A function of each two numbers; sizes of 1 count for every place of the other array.</summary>
    /// <exception cref="InvalidDataException">The arrays do not fit each other, or there are too many
    /// numbers.</exception>
    public static NumberArray Combine(NumberArray a, NumberArray b, Func<double, double, double> function)
    {
        int rank = Math.Max(a.Dims.Count, b.Dims.Count);
        int[] dims = [.. a.WithRank(rank).Dims.Zip(b.WithRank(rank).Dims, (one, other) => one == 1 ? other : one)];
        (NumberArray left, NumberArray right) = (a.Expand(dims), b.Expand(dims));
        return new NumberArray(
            dims, [.. left.Values.Zip(right.Values, function)], a.IsInteger && b.IsInteger);
    }

    /// <summary>The numbers repeated to larger sizes, where their own are 1.</summary>
    public NumberArray Expand(IReadOnlyList<int> dims)
    {
        NumberArray all = WithRank(dims.Count);
        return all.Dims.SequenceEqual(dims) ? all
            : all.Dims.Zip(dims).All(pair => pair.First == pair.Second || pair.First == 1)
                ? all.Pick([.. dims.Select((size, axis) => All(size, all.Dims[axis] == 1 ? 0 : 1))])
            : throw new InvalidDataException(
                $"arrays of ({string.Join(", ", Dims)}) and ({string.Join(", ", dims)}) do not fit each other");
    }

    /// <summary>The axes in another order.</summary>
    public NumberArray Permute(IReadOnlyList<int> order) => order.SequenceEqual(Enumerable.Range(0, Dims.Count))
        ? this
        : Collect([.. order.Select(axis => (Stride(axis), All(Dims[axis], 1)))]);

    /// <summary>Some places of each axis.</summary>
    public NumberArray Pick(IReadOnlyList<int[]> places) =>
        Collect([.. places.Select((indices, axis) => (Stride(axis), indices))]);

    /// <summary>Some places of one axis.</summary>
    public NumberArray Pick(int axis, int[] places) =>
        Pick([.. Dims.Select((size, i) => i == axis ? places : All(size, 1))]);

    private static int[] All(int size, int step) => [.. Enumerable.Range(0, size).Select(i => i * step)];

    private NumberArray WithRank(int rank) => this with
    {
        Dims = [.. Enumerable.Repeat(1, rank - Dims.Count), .. Dims],
    };

    private int Stride(int axis) => Dims.Skip(axis + 1).Aggregate(1, (product, size) => product * size);

    private NumberArray Collect((int Stride, int[] Places)[] axes)
    {
        double count = axes.Aggregate(1.0, (product, axis) => product * axis.Places.Length);
        if (count > MaxCount)
        {
            throw TooMany(count);
        }

        int[] sources = [0];
        foreach ((int stride, int[] places) in axes)
        {
            int[] next = new int[sources.Length * places.Length];
            for (int i = 0; i < next.Length; i++)
            {
                next[i] = sources[i / places.Length] + (stride * places[i % places.Length]);
            }

            sources = next;
        }

        return this with
        {
            Dims = [.. axes.Select(axis => axis.Places.Length)],
            Values = Array.ConvertAll(sources, i => Values[i]),
        };
    }

    private static InvalidDataException TooMany(double count) =>
        new($"computing with arrays of {count} numbers is not supported");
}
