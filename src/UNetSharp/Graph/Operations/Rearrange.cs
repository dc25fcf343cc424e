using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// The values of a tensor in another order: each axis of the result runs over parts of axes of the source. Axes change
/// places, channels become pixels (pixel shuffle) or the other way round, and what is 1 wide is repeated. Backward:
/// every source value sums the gradients of its copies.
/// </summary>
public sealed class Rearrange : Operation
{
    /// <param name="x">The source.</param>
    /// <param name="axes">For each of N, C, H and W of the result the parts that it runs over, the outer first.</param>
    internal Rearrange(Value x, IReadOnlyList<IReadOnlyList<AxisPart>> axes)
        : base(GetShape(axes), [x]) => Axes = axes;

    /// <summary>For each of N, C, H and W of the result the parts that it runs over, the outer first.</summary>
    internal IReadOnlyList<IReadOnlyList<AxisPart>> Axes { get; }

    private static Shape GetShape(IReadOnlyList<IReadOnlyList<AxisPart>> axes)
    {
        int[] sizes = [.. axes.Select(parts => (int)Math.Min(
            int.MaxValue, parts.Aggregate(1L, (product, part) => product * part.Size)))];
        return Shape.Nchw(sizes[0], sizes[1], sizes[2], sizes[3]);
    }
}

/// <summary>A part of an axis: some steps of one length along it.</summary>
/// <param name="Axis">0 to 3 for N, C, H and W.</param>
/// <param name="Size">Number of steps.</param>
/// <param name="Stride">Length of a step; 0 where one value is repeated.</param>
internal readonly record struct AxisPart(int Axis, int Size, int Stride);
