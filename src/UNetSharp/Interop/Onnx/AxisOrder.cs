namespace UNetSharp.Interop.Onnx;

/// <summary>
/// In which order a file has the axes of a map. Ours know none but (N, C, H, W); files turn maps by Transpose, and
/// back, where an operation wants the channels last.
/// </summary>
/// <param name="Axes">Which of N, C, H and W, counted from 0, stands at each place.</param>
internal sealed record AxisOrder(IReadOnlyList<int> Axes)
{
    private const int Rank = 4;

    /// <summary>(N, C, H, W).</summary>
    public static AxisOrder Nchw { get; } = new([0, 1, 2, 3]);

    /// <summary>Whether it is (N, C, H, W).</summary>
    public bool IsNchw => Axes.SequenceEqual(Nchw.Axes);

    /// <summary>Whether the channels stand at a place, which counts from the end where it is negative.</summary>
    public bool IsChannelAxis(long place) =>
        place is >= -Rank and < Rank && Axes[(int)((place + Rank) % Rank)] == 1;

    /// <summary>
    /// The order after Transpose, which reverses the axes if it names none; null if that makes no sense.
    /// </summary>
    public AxisOrder? Transpose(IReadOnlyList<long> places)
    {
        long[] from = places.Count == 0 ? [3, 2, 1, 0] : [.. places];
        return from.Order().SequenceEqual([0L, 1, 2, 3])
            ? new AxisOrder([.. from.Select(place => Axes[(int)place])])
            : null;
    }
}
