using UNetSharp.Kernels;

namespace UNetSharp.Graph.Operations;

/// <summary>
/// The operations behind a convolution that are computed with it, in one pass over memory, in this order. The pooling is of the last
/// of the others' results, which is computed all the same. In training a convolution tells the batch norm behind it the statistics
/// of its results, without which that cannot begin.
/// </summary>
internal sealed record FilterTail(
    BatchNormalization? Norm = null,
    Rectifier? Rectifier = null,
    Addition? Addition = null,
    MaxPooling? Pooling = null,
    bool TellsStatistics = false)
{
    /// <summary>Nothing.</summary>
    public static FilterTail None { get; } = new();

    /// <summary>The result, of which the convolution's own is <paramref name="result"/>.</summary>
    public Value ResultOf(Value result) => Addition?.Output ?? Before(result);

    /// <summary>What the addition adds to the result so far, if there is one.</summary>
    public Value? Added(Value result) => Addition?.Inputs.Single(input => input != Before(result));

    /// <summary>Whether a pooling is one that can be computed with the result: of 2×2 pixels each, without a rest.</summary>
    public static bool CanPool(MaxPooling pooling) =>
        pooling.Rows == new Axis(Kernel: 2, Stride: 2)
        && pooling.Columns == pooling.Rows
        && pooling.Inputs[0].Shape is { H: var height, W: var width }
        && height % 2 == 0
        && width % 2 == 0;

    private Value Before(Value result) => Rectifier?.Output ?? Norm?.Output ?? result;
}
