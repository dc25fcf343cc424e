using UNetSharp.Graph.Operations;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// How the axes of a tensor of a file run over the values of a map (N, C, H, W): each over parts of the map's axes.
/// Transpose, Reshape and pixel shuffle say no more than that; nothing is moved until an operation wants it elsewhere.
/// A file sees one image at a time, however many the map holds, so no axis runs over the images.
/// </summary>
/// <param name="Axes">For each axis the parts of C, H and W (1, 2, 3) that it runs over, the outer first.</param>
internal sealed record MapAxes(IReadOnlyList<IReadOnlyList<AxisPart>> Axes)
{
    /// <summary>The sizes.</summary>
    public IReadOnlyList<int> Dims { get; } = [.. Axes.Select(Count)];

    /// <summary>Number of axes.</summary>
    public int Rank => Axes.Count;

    /// <summary>(1, C, H, W).</summary>
    public static MapAxes Nchw(Shape shape) => new([[], Whole(shape, 1), Whole(shape, 2), Whole(shape, 3)]);

    /// <summary>The parts of an axis of a map that is taken whole.</summary>
    public static IReadOnlyList<AxisPart> Whole(Shape shape, int axis) =>
        Simplify([new AxisPart(axis, GetSize(shape, axis), 1)]);

    /// <summary>Number of steps of some parts.</summary>
    public static int Count(IReadOnlyList<AxisPart> parts) =>
        (int)Math.Min(int.MaxValue, parts.Aggregate(1L, (product, part) => product * part.Size));

    /// <summary>Parts of one step left out, and neighbours that continue each other put together.</summary>
    public static IReadOnlyList<AxisPart> Simplify(IEnumerable<AxisPart> parts)
    {
        List<AxisPart> simple = [];
        foreach (AxisPart part in parts.Where(part => part.Size != 1))
        {
            if (simple is [.., var outer] && outer.Axis == part.Axis && outer.Stride == part.Size * part.Stride)
            {
                simple[^1] = new AxisPart(part.Axis, outer.Size * part.Size, part.Stride);
            }
            else
            {
                simple.Add(part);
            }
        }

        return simple;
    }

    /// <summary>The axes in another order.</summary>
    public MapAxes Permute(IEnumerable<int> order) => new([.. order.Select(axis => Axes[axis])]);

    /// <summary>Axes of other sizes over the same values in the same order; null if they cut across the
    /// parts.</summary>
    public MapAxes? Reshape(IReadOnlyList<int> dims)
    {
        Stack<AxisPart> left = new(Simplify(Axes.SelectMany(parts => parts)).Reverse());
        List<IReadOnlyList<AxisPart>> axes = [];
        foreach (int size in dims)
        {
            List<AxisPart> parts = [];
            int rest = size;
            while (rest > 1 && left.TryPop(out AxisPart part))
            {
                if (part.Size % rest == 0)
                {
                    int inner = part.Size / rest;
                    parts.Add(new AxisPart(part.Axis, rest, part.Stride * inner));
                    left.Push(part with { Size = inner });
                    rest = 1;
                }
                else if (rest % part.Size == 0)
                {
                    parts.Add(part);
                    rest /= part.Size;
                }
                else
                {
                    return null;
                }
            }

            axes.Add(Simplify(parts));
        }

        return left.All(part => part.Size == 1) ? new MapAxes(axes) : null;
    }

    /// <summary>
    /// How another tensor is read along the axes of the map that this one lies in: for C, H and W the other's parts,
    /// repeated where the other has one value; null if parts of both cut across each other.
    /// </summary>
    /// <param name="other">A tensor of as many axes, of the same sizes or of size 1.</param>
    public IReadOnlyList<AxisPart>[]? Follow(MapAxes other)
    {
        List<(AxisPart Mine, AxisPart Other)> pairs = [];
        for (int axis = 0; axis < Rank; axis++)
        {
            if (!Pair(Axes[axis], other.Dims[axis] == 1 ? null : other.Axes[axis], pairs))
            {
                return null;
            }
        }

        return
        [
            .. Enumerable.Range(1, 3).Select(axis => pairs.Where(pair => pair.Mine.Axis == axis)
                .OrderByDescending(pair => pair.Mine.Stride).Select(pair => pair.Other).ToList()).Select(Simplify),
        ];
    }

    /// <summary>The index along some axes of a channel, for axes that run over channels alone.</summary>
    /// <param name="axes">The axes, the outer first.</param>
    /// <param name="channel">The channel.</param>
    public int FindIndex(IEnumerable<int> axes, int channel)
    {
        int index = 0;
        foreach (AxisPart part in axes.SelectMany(axis => Axes[axis]))
        {
            index = (index * part.Size) + (channel / part.Stride % part.Size);
        }

        return index;
    }

    private static int GetSize(Shape shape, int axis) => axis switch { 1 => shape.C, 2 => shape.H, _ => shape.W };

    private static bool Pair(
        IReadOnlyList<AxisPart> mine, IReadOnlyList<AxisPart>? other, List<(AxisPart, AxisPart)> pairs)
    {
        if (other is null)
        {
            pairs.AddRange(mine.Select(part => (part, new AxisPart(part.Axis, part.Size, 0))));
            return true;
        }

        Stack<AxisPart> first = new(mine.Reverse());
        Stack<AxisPart> second = new(other.Reverse());
        while (first.TryPop(out AxisPart a) && second.TryPop(out AxisPart b))
        {
            int size = Math.Min(a.Size, b.Size);
            if (a.Size % size != 0 || b.Size % size != 0)
            {
                return false;
            }

            (int innerA, int innerB) = (a.Size / size, b.Size / size);
            pairs.Add((new AxisPart(a.Axis, size, a.Stride * innerA), new AxisPart(b.Axis, size, b.Stride * innerB)));
            PushRest(first, a, innerA);
            PushRest(second, b, innerB);
        }

        return true;

        static void PushRest(Stack<AxisPart> stack, AxisPart part, int inner)
        {
            if (inner > 1)
            {
                stack.Push(part with { Size = inner });
            }
        }
    }
}
