using UNetSharp.Graph;
using UNetSharp.Graph.Operations;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The operations behind a convolution that are fused with it, in this order. The pooling is of the result of the
/// others, which is computed all the same. In training a convolution computes the statistics of its results for the
/// batch norm behind it.
/// </summary>
internal sealed record FilterTail(
    BatchNorm? Norm = null,
    Relu? Relu = null,
    Add? Add = null,
    MaxPool? Pool = null,
    bool ComputesStatistics = false)
{
    /// <summary>Nothing.</summary>
    public static FilterTail None { get; } = new();

    /// <summary>The result, of which the convolution's own is <paramref name="result"/>.</summary>
    public Value GetResult(Value result) => Add?.Output ?? BeforeAdd(result);

    /// <summary>What the addition adds to the result so far, if there is one.</summary>
    public Value? AddedTo(Value result) => Add?.Inputs.Single(input => input != BeforeAdd(result));

    /// <summary>
    /// Whether a pooling is one that can be computed with the result: of 2×2 pixels each, without a rest.
    /// </summary>
    public static bool CanPool(MaxPool pooling) =>
        pooling.Rows == new Axis(Kernel: 2, Stride: 2)
        && pooling.Columns == pooling.Rows
        && pooling.Inputs[0].Shape is { H: var height, W: var width }
        && height % 2 == 0
        && width % 2 == 0;

    private Value BeforeAdd(Value result) => Relu?.Output ?? Norm?.Output ?? result;
}
