using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Interop.Onnx;

/// <summary>ONNX's operations that say how a tensor's axes are read, or move and repeat its values.</summary>
internal static class OnnxAxisOperations
{
    private const int MaxParts = 1024;

    /// <summary>Transpose, which reverses the axes if it names none.</summary>
    public static OnnxMap Transpose(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int[] order = call.Integers("perm") is { Count: > 0 } given
            ? [.. given.Select(axis => call.ToAxis(axis, x.Axes.Rank))]
            : [.. Enumerable.Range(0, x.Axes.Rank).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, x.Axes.Rank))
            ? x.Permute(order)
            : throw call.CreateException($"perm must name each of {x.Axes.Rank} axes once");
    }

    /// <summary>Reshape: 0 keeps a size, −1 stands for what is left.</summary>
    public static OnnxMap Reshape(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        double[] asked = call.Numbers(1, "shape") ?? throw call.CreateException("it names no sizes");
        bool keepsZero = call.Integer("allowzero", 0) == 0;
        long[] dims =
            [.. asked.Select((size, i) => size == 0 && keepsZero && i < x.Axes.Rank ? x.Dims[i] : (long)size)];
        long all = x.Dims.Aggregate(1L, (product, size) => product * size);
        long known = dims.Where(size => size != -1)
            .Aggregate(1L, (product, size) => size < 1 || product > all / size ? all + 1 : product * size);
        if (dims.Count(size => size == -1) > 1 || all % known != 0)
        {
            throw call.CreateException(
                $"({string.Join(", ", x.Dims)}) cannot become ({string.Join(", ", asked)})");
        }

        return x.Reshape([.. dims.Select(size => (int)(size == -1 ? all / known : size))]);
    }

    /// <summary>Flatten: all axes before one, and all from it on.</summary>
    public static OnnxMap Flatten(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        long axis = call.Integer("axis", 1);
        int first = axis == x.Axes.Rank ? x.Axes.Rank : call.ToAxis(axis, x.Axes.Rank);
        return x.Reshape([Product(x.Dims.Take(first)), Product(x.Dims.Skip(first))]);
    }

    /// <summary>Squeeze.</summary>
    public static OnnxMap Squeeze(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int[] axes = call.Axes(1, "axes", x.Axes.Rank)
            ?? [.. Enumerable.Range(0, x.Axes.Rank).Where(axis => x.Dims[axis] == 1)];
        return axes.All(axis => x.Dims[axis] == 1)
            ? x.Permute(Enumerable.Range(0, x.Axes.Rank).Except(axes))
            : throw call.CreateException($"an axis of ({string.Join(", ", x.Dims)}) is not of size 1");
    }

    /// <summary>Unsqueeze.</summary>
    public static OnnxMap Unsqueeze(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int rank = x.Axes.Rank + (call.Numbers(1, "axes")?.Length ?? 0);
        List<int> dims = [.. x.Dims];
        foreach (int axis in (call.Axes(1, "axes", rank) ?? []).Order())
        {
            dims.Insert(axis, 1);
        }

        return x.Reshape(dims);
    }

    /// <summary>DepthToSpace: channels become blocks of pixels (Shi et al. 2016).</summary>
    public static OnnxMap DepthToSpace(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int block = BlockSize(call);
        (int c, int h, int w) = (x.Dims[1] / (block * block), x.Dims[2], x.Dims[3]);
        OnnxMap parts = call.Text("mode", "DCR") == "CRD"
            ? x.Reshape([c, block, block, h, w]).Permute([0, 3, 1, 4, 2])
            : x.Reshape([block, block, c, h, w]).Permute([2, 3, 0, 4, 1]);
        return parts.Reshape([1, c, h * block, w * block]);
    }

    /// <summary>SpaceToDepth: blocks of pixels become channels.</summary>
    public static OnnxMap SpaceToDepth(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int block = BlockSize(call);
        (int c, int h, int w) = (x.Dims[1], x.Dims[2] / block, x.Dims[3] / block);
        return x.Reshape([c, h, block, w, block]).Permute([2, 4, 0, 1, 3]).Reshape([1, c * block * block, h, w]);
    }

    /// <summary>Expand.</summary>
    public static OnnxMap Expand(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int[] asked = [.. call.Numbers(1).Select(size => call.ToSize(size, 1))];
        int rank = Math.Max(asked.Length, x.Axes.Rank);
        OnnxMap all = x.WithRank(rank);
        int[] sizes = [.. Enumerable.Repeat(1, rank - asked.Length), .. asked];
        return all.Expand([.. sizes.Select((size, i) => Math.Max(size, all.Dims[i]))]);
    }

    /// <summary>Tile: the whole tensor again and again.</summary>
    public static OnnxMap Tile(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int[] times = [.. call.Numbers(1).Select(count => call.ToSize(count, 1))];
        if (times.Length != x.Axes.Rank)
        {
            throw call.CreateException($"it names {times.Length} of {x.Axes.Rank} axes");
        }

        int[] repeated = [.. Enumerable.Range(0, times.Length).Where(axis => times[axis] > 1)];
        foreach (int axis in repeated)
        {
            int size = x.Dims[axis];
            (OnnxMap map, int place) = x.WithPixels(axis);
            x = Pick(map, axis, place, size * times[axis], i => i % size);
        }

        return x;
    }

    /// <summary>Concat.</summary>
    public static OnnxMap Concat(OnnxCall call)
    {
        OnnxMap[] inputs = [.. Enumerable.Range(0, call.InputCount).Select(call.Read)];
        int rank = inputs[0].Axes.Rank;
        int axis = call.Axis("axis", 1, rank);
        if (inputs.Any(input => input.Axes.Rank != rank))
        {
            throw call.CreateException("the inputs have not as many axes as each other");
        }

        int[] others = [.. Enumerable.Range(0, rank).Where(other => other != axis && inputs[0].Dims[other] > 1)];
        OnnxMap[] maps =
        [
            .. inputs.Select(input => input.Arrange(
                [axis], others.Length > 1 ? others[..^1] : [], others.Length > 0 ? others[^1..] : [])),
        ];
        Value joined = Value.Concat([.. maps.Select(map => map.Value)]);
        return new OnnxMap(joined, maps[0].Axes).Resized(joined, axis, 1);
    }

    /// <summary>Split: one of the parts. If no sizes are given they are equal, but for the last.</summary>
    public static OnnxMap Split(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int axis = call.Axis("axis", 0, x.Axes.Rank);
        int size = x.Dims[axis];
        int count = call.ResultCount <= MaxParts
            ? call.ResultCount
            : throw call.CreateException($"there may be {MaxParts} parts at most");
        int share = (size + count - 1) / count;
        double[] sizes = call.Numbers(1, "split")
            ?? [.. Enumerable.Range(0, count).Select(i => (double)Math.Min(share, size - (i * share)))];
        return sizes.Length == count && sizes.All(part => part >= 1) && sizes.Sum() == size
            ? Cut(x, axis, (int)sizes.Take(call.ResultIndex).Sum(), (int)sizes[call.ResultIndex])
            : throw call.CreateException($"parts of {string.Join(", ", sizes)} do not make {size}");
    }

    /// <summary>Slice: a part of each axis, also in steps and backwards.</summary>
    public static OnnxMap Slice(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        double[] starts = call.Numbers(1, "starts") ?? [];
        double[] ends = call.Numbers(2, "ends") ?? [];
        int[] axes = call.Axes(3, "axes", x.Axes.Rank) ?? [.. starts.Select((_, i) => i)];
        double[] steps = call.HasInput(4) ? call.Numbers(4) : [.. starts.Select(_ => 1.0)];
        if (starts.Length != ends.Length || starts.Length != axes.Length || starts.Length != steps.Length)
        {
            throw call.CreateException("starts, ends, axes and steps must be of one length");
        }

        for (int i = 0; i < axes.Length; i++)
        {
            int axis = call.ToAxis(axes[i], x.Axes.Rank);
            (int first, int step, int count) = OnnxRange.Find(call, starts[i], ends[i], steps[i], x.Dims[axis]);
            if (count < 1)
            {
                throw call.CreateException($"nothing is left of axis {axis}");
            }

            x = step == 1 ? Cut(x, axis, first, count) : PickPixels(x, axis, count, k => first + (k * step));
        }

        return x;
    }

    /// <summary>Gather by constant indices: some places of an axis.</summary>
    public static OnnxMap Gather(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int axis = call.Axis("axis", 0, x.Axes.Rank);
        int size = x.Dims[axis];
        int[] indices = [.. call.Numbers(1).Select(index => call.ToAxis(index, size))];
        if (indices.Length == 0)
        {
            throw call.CreateException("it names no index");
        }

        bool isRun = indices.Select((index, i) => index - i).Distinct().Count() == 1;
        OnnxMap picked = isRun
            ? Cut(x, axis, indices[0], indices.Length)
            : PickPixels(x, axis, indices.Length, i => indices[i]);
        return picked.Reshape([.. x.Dims.Take(axis), .. call.Dims(1), .. x.Dims.Skip(axis + 1)]);
    }

    /// <summary>Pad: zeros or another number, the border, the mirror image, or the other side; negative numbers
    /// crop.</summary>
    public static OnnxMap Pad(OnnxCall call)
    {
        OnnxMap x = call.Read(0);
        int rank = x.Axes.Rank;
        double[] pads = call.Numbers(1, "pads") ?? call.Numbers(int.MaxValue, "paddings") ?? [];
        int[] axes = call.HasInput(3) ? [.. call.Numbers(3).Select(axis => call.ToAxis(axis, rank))]
            : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length)
        {
            throw call.CreateException($"it names {pads.Length} numbers for {axes.Length} axes");
        }

        float value = call.HasInput(2) && call.Numbers(2) is [var given] ? (float)given : call.Float("value", 0);
        string mode = call.Text("mode", "constant");
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            int before = call.ToSize(pads[i], -OnnxTrace.MaxSide);
            int after = call.ToSize(pads[axes.Length + i], -OnnxTrace.MaxSide);
            if ((before, after) != default)
            {
                x = Pad(call, x, axis, before, after, mode, value);
            }
        }

        return x;
    }

    private static OnnxMap Pad(OnnxCall call, OnnxMap x, int axis, int before, int after, string mode, float value)
    {
        int size = x.Dims[axis];
        int result = call.ToSize((double)size + before + after, 1);
        if (mode == "constant")
        {
            (OnnxMap map, int place) = x.WithPixels(axis);
            Value shifted = value == 0 ? map.Value : OnnxArithmetic.Affine(map.Value, 1, -value);
            Value padded = place == 2 ? shifted.Pad(0, 0, before, after) : shifted.Pad(before, after, 0, 0);
            return map.Resized(value == 0 ? padded : OnnxArithmetic.Affine(padded, 1, value), axis, place);
        }

        Func<int, int> source = mode switch
        {
            "edge" => i => Math.Clamp(i - before, 0, size - 1),
            "reflect" => i => Fold(i - before, size),
            "wrap" => i => (((i - before) % size) + size) % size,
            _ => throw call.CreateException($"mode {CheckpointException.Sanitize(mode)} is not supported"),
        };
        return PickPixels(x, axis, result, source);
    }

    /// <summary>A run of places of an axis.</summary>
    private static OnnxMap Cut(OnnxMap x, int axis, int first, int count)
    {
        if (count == x.Dims[axis])
        {
            return x;
        }

        if (x.Axes.Axes[axis].SequenceEqual(MapAxes.Whole(x.Value.Shape, 1)))
        {
            return x.Resized(x.Value.SliceChannels(first, count), axis, 1);
        }

        (OnnxMap map, int place) = x.WithPixels(axis);
        int left = x.Dims[axis] - first - count;
        return map.Resized(
            place == 2 ? map.Value.Pad(0, 0, -first, -left) : map.Value.Pad(-first, -left, 0, 0), axis, place);
    }

    private static OnnxMap PickPixels(OnnxMap x, int axis, int count, Func<int, int> source)
    {
        (OnnxMap map, int place) = x.WithPixels(axis);
        return Pick(map, axis, place, count, source);
    }

    private static OnnxMap Pick(OnnxMap map, int axis, int place, int count, Func<int, int> source)
    {
        Tensors.Shape shape = map.Value.Shape;
        return map.Resized(
            new NearestResize(
                map.Value,
                place == 2 ? SourceAxis.FromFunction(shape.H, count, source) : Same(shape.H),
                place == 3 ? SourceAxis.FromFunction(shape.W, count, source) : Same(shape.W)).Output,
            axis,
            place);

        static SourceAxis Same(int size) => SourceAxis.FromFunction(size, size, i => i);
    }

    private static int Fold(int position, int size)
    {
        int period = Math.Max(1, 2 * (size - 1));
        int within = ((position % period) + period) % period;
        return within < size ? within : period - within;
    }

    private static int BlockSize(OnnxCall call)
    {
        long block = call.Integer("blocksize", 0);
        return call.Dims(0) is { Count: 4 } && block is >= 1 and <= MaxParts
            ? (int)block
            : throw call.CreateException($"blocksize {block} is not supported");
    }

    private static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, (product, size) => product * size);
}
