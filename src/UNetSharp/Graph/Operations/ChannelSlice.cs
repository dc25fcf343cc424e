using UNetSharp.Tensors;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// Neighbouring channels, PyTorch's narrow(1, first, count): (N, C, H, W) → (N, count, H, W). Backward: dy for these
/// channels, zero for the others.
/// </summary>
public sealed class ChannelSlice : Operation
{
    internal ChannelSlice(Value x, int first, int count)
        : base(ResultShape(x.Shape, first, count), [x]) => First = first;

    /// <summary>The first of the channels.</summary>
    public int First { get; }

    private static Shape ResultShape(Shape x, int first, int count) =>
        first < 0 || count < 1 || first > x.C - count
            ? throw new ShapeException($"There are no channels {first} to {first + count - 1} in {x}.")
            : x.WithChannels(count);
}
