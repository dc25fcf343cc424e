namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that move, repeat and join the numbers of constants.</summary>
internal static class OnnxArrayOperations
{
    /// <summary>Gather.</summary>
    public static OnnxTensor Gather(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        int axis = call.Axis("axis", 0, array.Dims.Count);
        int[] indices = [.. call.Numbers(1).Select(index => call.ToAxis(index, array.Dims[axis]))];
        NumberArray picked = array.Pick(axis, indices);
        return (picked with
        {
            Dims = [.. array.Dims.Take(axis), .. call.Tensor(1).Dims, .. array.Dims.Skip(axis + 1)],
        }).ToTensor();
    }

    /// <summary>Concat.</summary>
    public static OnnxTensor Concat(OnnxCall call)
    {
        NumberArray[] parts =
            [.. Enumerable.Range(0, call.InputCount).Select(i => NumberArray.Read(call.Tensor(i)))];
        int rank = parts[0].Dims.Count;
        int axis = call.Axis("axis", 0, rank);
        int[] order = [axis, .. Enumerable.Range(0, rank).Where(other => other != axis)];
        NumberArray[] rows = [.. parts.Where(part => part.Dims.Count == rank).Select(part => part.Permute(order))];
        if (rows.Length != parts.Length || rows.Any(part => !part.Dims.Skip(1).SequenceEqual(rows[0].Dims.Skip(1)))
            || rows.Sum(part => (long)part.Values.Length) > NumberArray.MaxCount)
        {
            throw call.CreateException("arrays of different sizes");
        }

        NumberArray joined = rows[0] with
        {
            Dims = [rows.Sum(part => part.Dims[0]), .. rows[0].Dims.Skip(1)],
            Values = [.. rows.SelectMany(part => part.Values)],
        };
        return joined.Permute([.. Enumerable.Range(0, rank).Select(place => Array.IndexOf(order, place))]).ToTensor();
    }

    /// <summary>Slice.</summary>
    public static OnnxTensor Slice(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        double[] starts = call.Numbers(1, "starts") ?? [];
        double[] ends = call.Numbers(2, "ends") ?? [];
        int[] axes = call.Axes(3, "axes", array.Dims.Count) ?? [.. starts.Select((_, i) => i)];
        double[] steps = call.HasInput(4) ? call.Numbers(4) : [.. starts.Select(_ => 1.0)];
        if (starts.Length != ends.Length || starts.Length != axes.Length || starts.Length != steps.Length)
        {
            throw call.CreateException("starts, ends, axes and steps must be of one length");
        }

        for (int i = 0; i < axes.Length; i++)
        {
            int axis = call.ToAxis(axes[i], array.Dims.Count);
            (int first, int step, int count) = OnnxRange.Find(call, starts[i], ends[i], steps[i], array.Dims[axis]);
            array = array.Pick(axis, [.. Enumerable.Range(0, count).Select(k => first + (k * step))]);
        }

        return array.ToTensor();
    }

    /// <summary>Split: one of the parts.</summary>
    public static OnnxTensor Split(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        int axis = call.Axis("axis", 0, array.Dims.Count);
        int size = array.Dims[axis];
        int share = (size + call.ResultCount - 1) / call.ResultCount;
        double[] sizes = call.Numbers(1, "split")
            ?? [.. Enumerable.Range(0, call.ResultCount).Select(i => (double)Math.Min(share, size - (i * share)))];
        return sizes.Length == call.ResultCount && sizes.All(part => part >= 0) && sizes.Sum() == size
            ? array.Pick(axis, [.. Enumerable.Range(
                (int)sizes.Take(call.ResultIndex).Sum(), (int)sizes[call.ResultIndex])]).ToTensor()
            : throw call.CreateException($"parts of {string.Join(", ", sizes)} do not make {size}");
    }

    /// <summary>Unsqueeze.</summary>
    public static OnnxTensor Unsqueeze(OnnxCall call)
    {
        List<int> dims = [.. call.Tensor(0).Dims];
        int rank = dims.Count + (call.Numbers(1, "axes")?.Length ?? 0);
        foreach (int axis in (call.Axes(1, "axes", rank) ?? []).Order())
        {
            dims.Insert(Math.Min(axis, dims.Count), 1);
        }

        return WithDims(call, [.. dims]);
    }

    /// <summary>Squeeze.</summary>
    public static OnnxTensor Squeeze(OnnxCall call)
    {
        IReadOnlyList<int> dims = call.Tensor(0).Dims;
        int[]? axes = call.Axes(1, "axes", dims.Count);
        return WithDims(call, [.. dims.Where((size, i) => size != 1 || axes?.Contains(i) == false)]);
    }

    /// <summary>Flatten.</summary>
    public static OnnxTensor Flatten(OnnxCall call)
    {
        IReadOnlyList<int> dims = call.Tensor(0).Dims;
        int axis = (int)Math.Clamp(call.Integer("axis", 1), 0, dims.Count);
        return WithDims(call, [Product(dims.Take(axis)), Product(dims.Skip(axis))]);
    }

    /// <summary>Reshape: 0 keeps a size, −1 stands for what is left.</summary>
    public static OnnxTensor Reshape(OnnxCall call)
    {
        OnnxTensor tensor = call.Tensor(0);
        double[] asked = call.Numbers(1, "shape") ?? [];
        bool keepsZero = call.Integer("allowzero", 0) == 0;
        double[] dims =
            [.. asked.Select((size, i) => size == 0 && keepsZero && i < tensor.Dims.Count ? tensor.Dims[i] : size)];
        double known = dims.Where(size => size >= 0).Aggregate(1.0, (product, size) => product * size);
        bool isPlausible = dims.Length <= OnnxTensor.MaxDims && known is > 0 and <= int.MaxValue
            && dims.All(size => size >= -1) && dims.Count(size => size == -1) <= 1;
        return isPlausible
            ? WithDims(call, [.. dims.Select(size => (int)(size == -1 ? Math.Floor(tensor.Count / known) : size))])
            : known == 0 && tensor.Count == 0 ? WithDims(call, [0])
            : throw call.CreateException("the sizes make no sense");
    }

    /// <summary>Transpose.</summary>
    public static OnnxTensor Transpose(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        int rank = array.Dims.Count;
        int[] order = call.Integers("perm") is { Count: > 0 } given
            ? [.. given.Select(axis => call.ToAxis(axis, rank))]
            : [.. Enumerable.Range(0, rank).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, rank))
            ? array.Permute(order).ToTensor()
            : throw call.CreateException($"perm must name each of {rank} axes once");
    }

    /// <summary>Expand.</summary>
    public static OnnxTensor Expand(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        double[] asked = call.Numbers(1);
        if (asked.Length > OnnxTensor.MaxDims || asked.Any(size => size is < 0 or > NumberArray.MaxCount))
        {
            throw call.CreateException("the sizes make no sense");
        }

        int rank = Math.Max(asked.Length, array.Dims.Count);
        int[] sizes = [.. Enumerable.Repeat(1, rank - asked.Length), .. asked.Select(size => (int)size)];
        int[] own = [.. Enumerable.Repeat(1, rank - array.Dims.Count), .. array.Dims];
        return array.Expand([.. sizes.Zip(own, (size, given) => size == 1 ? given : size)]).ToTensor();
    }

    /// <summary>Tile.</summary>
    public static OnnxTensor Tile(OnnxCall call)
    {
        var array = NumberArray.Read(call.Tensor(0));
        double[] times = call.Numbers(1);
        return times.Length == array.Dims.Count && times.All(count => count is >= 0 and <= NumberArray.MaxCount)
            && array.Dims.Zip(times).Aggregate(1.0, (n, pair) => n * pair.First * pair.Second) <= NumberArray.MaxCount
            ? array.Pick(
                [.. array.Dims.Select((size, axis) => Enumerable.Range(0, size * (int)times[axis])
                    .Select(i => i % size).ToArray())]).ToTensor()
            : throw call.CreateException("too many numbers");
    }

    private static OnnxTensor WithDims(OnnxCall call, int[] dims)
    {
        OnnxTensor tensor = call.Tensor(0);
        return dims.Length <= OnnxTensor.MaxDims
            && dims.Aggregate(1.0, (product, size) => product * size) == tensor.Count
            ? tensor with { Dims = dims }
            : throw call.CreateException($"{tensor.Count} numbers do not fill ({string.Join(", ", dims)})");
    }

    private static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, (product, size) => product * size);
}
