using UNetSharp.Graph;
using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>A tensor of a file that depends on the image: a map, and how the tensor's axes run over it.</summary>
/// <param name="Value">The map.</param>
/// <param name="Axes">How the axes run over it; each value is met once.</param>
internal sealed record OnnxMap(Value Value, MapAxes Axes)
{
    private const int MaxRank = 8;

    /// <summary>The tensor's sizes.</summary>
    public IReadOnlyList<int> Dims => Axes.Dims;

    /// <summary>A map as a tensor of (1, C, H, W).</summary>
    public static OnnxMap Nchw(Value value) => new(value, MapAxes.Nchw(value.Shape));

    /// <summary>The same axes over another map of the same sizes.</summary>
    public OnnxMap With(Value value) => this with { Value = value };

    /// <summary>The axes in another order.</summary>
    public OnnxMap Permute(IEnumerable<int> order) => this with { Axes = Axes.Permute(order) };

    /// <summary>The same values in the same order by other sizes.</summary>
    public OnnxMap Reshape(IReadOnlyList<int> dims)
    {
        if (dims.Count > MaxRank || dims.Aggregate(1L, (product, size) => product * size)
            != Dims.Aggregate(1L, (product, size) => product * size))
        {
            throw new InvalidDataException(
                $"({string.Join(", ", Dims)}) cannot become ({string.Join(", ", dims)})");
        }

        if (Axes.Reshape(dims) is { } axes)
        {
            return this with { Axes = axes };
        }

        // In one row any sizes can be cut out.
        OnnxMap row = Arrange([], [], [.. Enumerable.Range(0, Axes.Rank)]);
        return row with { Axes = row.Axes.Reshape(dims)! };
    }

    /// <summary>The same with axes of size 1 before the first, to have so many.</summary>
    public OnnxMap WithRank(int rank) => rank == Axes.Rank
        ? this
        : this with { Axes = new MapAxes([.. Enumerable.Repeat<AxisPart[]>([], rank - Axes.Rank), .. Axes.Axes]) };

    /// <summary>The tensor over a map whose channels, rows and columns run over the axes that are named, the outer
    /// first. Nothing is moved where that is so already.</summary>
    public OnnxMap Arrange(int[] channels, int[] rows, int[] columns)
    {
        int[][] places = [channels, rows, columns];
        IReadOnlyList<AxisPart>[] parts =
            [.. places.Select(axes => MapAxes.Simplify(axes.SelectMany(axis => Axes.Axes[axis])))];
        Value moved = Move(parts);
        IReadOnlyList<AxisPart>[] result = [.. Axes.Axes.Select(_ => Array.Empty<AxisPart>())];
        for (int place = 0; place < places.Length; place++)
        {
            int stride = 1;
            foreach (int axis in places[place].Reverse())
            {
                result[axis] = MapAxes.Simplify([new AxisPart(place + 1, Dims[axis], stride)]);
                stride *= Dims[axis];
            }
        }

        return new OnnxMap(moved, new MapAxes(result));
    }

    /// <summary>The map whose C, H and W run over some parts; itself where these are its own.</summary>
    public Value Move(IReadOnlyList<AxisPart>[] parts)
    {
        Shape shape = Value.Shape;
        return Enumerable.Range(1, 3).All(axis => parts[axis - 1].SequenceEqual(MapAxes.Whole(shape, axis)))
            ? Value
            : new Rearrange(Value, [[new AxisPart(0, shape.N, 1)], .. parts]).Output;
    }

    /// <summary>The tensor (1, C, H, W) as a map; of three axes (C, H, W).</summary>
    public Value ToNchw()
    {
        OnnxMap four = WithRank(Math.Max(4, Axes.Rank));
        return four.Axes.Rank == 4 && four.Dims[0] == 1
            ? four.Arrange([1], [2], [3]).Value
            : throw new InvalidDataException($"a tensor of ({string.Join(", ", Dims)}) is no map of one image");
    }

    /// <summary>The tensor over a map whose channels are some axes, in their order.</summary>
    public OnnxMap WithChannels(params int[] axes)
    {
        if (MapAxes.Simplify(axes.SelectMany(axis => Axes.Axes[axis])).SequenceEqual(MapAxes.Whole(Value.Shape, 1)))
        {
            return this;
        }

        int[] others = [.. Enumerable.Range(0, Axes.Rank).Where(axis => !axes.Contains(axis) && Dims[axis] > 1)];
        return Arrange(axes, others.Length > 1 ? others[..^1] : [], others.Length > 0 ? others[^1..] : []);
    }

    /// <summary>The tensor over a map of which one axis, rows or columns, is one of the tensor's.</summary>
    /// <param name="axis">The tensor's axis.</param>
    /// <returns>The tensor, and 2 for rows or 3 for columns.</returns>
    public (OnnxMap Map, int Place) WithPixels(int axis)
    {
        foreach (int place in new[] { 2, 3 })
        {
            if (Axes.Axes[axis].SequenceEqual(MapAxes.Whole(Value.Shape, place)) && Dims[axis] > 1)
            {
                return (this, place);
            }
        }

        int[] others = [.. Enumerable.Range(0, Axes.Rank).Where(other => other != axis && Dims[other] > 1)];
        return (Arrange(others.Length > 0 ? others[..1] : [], others.Length > 1 ? others[1..] : [], [axis]), 3);
    }

    /// <summary>The sizes with another one at an axis, over a map that has it at a whole axis of its own.</summary>
    public OnnxMap Resized(Value value, int axis, int place) => new(value, new MapAxes(
        [.. Axes.Axes.Select((parts, i) => i == axis ? MapAxes.Whole(value.Shape, place) : parts)]));

    /// <summary>The tensor repeated to larger sizes, where its own are 1.</summary>
    public OnnxMap Expand(IReadOnlyList<int> dims)
    {
        OnnxMap all = WithRank(dims.Count);
        if (all.Dims.SequenceEqual(dims))
        {
            return all;
        }

        int rank = dims.Count;
        IReadOnlyList<AxisPart>[] repeated =
        [
            .. dims.Select((size, i) => all.Dims[i] == size ? all.Axes.Axes[i]
                : all.Dims[i] == 1 ? [new AxisPart(3, size, 0)]
                : throw new InvalidDataException(
                    $"({string.Join(", ", Dims)}) does not fit ({string.Join(", ", dims)})")),
        ];
        Value value = new Rearrange(Value, [
            [new AxisPart(0, Value.Shape.N, 1)],
            rank > 2 ? [.. repeated[..^2].SelectMany(parts => parts)] : [],
            rank > 1 ? repeated[^2] : [],
            repeated[^1],
        ]).Output;
        return new OnnxMap(value, MapAxes.Nchw(value.Shape)).Reshape(dims);
    }
}
