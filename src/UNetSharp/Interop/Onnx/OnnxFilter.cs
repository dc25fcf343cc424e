using UNetSharp.Graph;

namespace UNetSharp.Interop.Onnx;

/// <summary>The weights and biases of a filter, whole or of one group of channels; also computed ones.</summary>
/// <param name="call">The node.</param>
/// <param name="weight">The weights.</param>
/// <param name="bias">The biases; null if there are none.</param>
internal sealed class OnnxFilter(OnnxCall call, OnnxTensor weight, OnnxTensor? bias)
{
    /// <summary>Whether it moves along one axis alone, that of the columns.</summary>
    public bool IsLine { get; init; }

    /// <summary>Sizes of the weights.</summary>
    public IReadOnlyList<int> Dims => weight.Dims;

    /// <summary>Computes the weights that are used; null if they are the array's.</summary>
    public Func<float[], float[]>? Weights { get; init; }

    /// <summary>Computes the biases that are used; null if they are the array's.</summary>
    public Func<float[], float[]>? Biases { get; init; }

    /// <summary>All weights.</summary>
    public Parameter Weight => Get(weight, Weights);

    /// <summary>The biases; null if there are none.</summary>
    public Parameter? Bias => bias is null ? null : Get(bias, Biases);

    /// <summary>The weights of one group of several.</summary>
    public Parameter WeightOf(int group, int groups) => GetPart(weight, Weights, group, groups);

    /// <summary>The biases of one group of several.</summary>
    public Parameter? BiasOf(int group, int groups) => bias is null ? null : GetPart(bias, Biases, group, groups);

    private Parameter Get(OnnxTensor tensor, Func<float[], float[]>? function) => function is null
        ? call.Parameter(tensor)
        : call.Derived(tensor, call.ResultName, [.. tensor.Dims], () => function(tensor.ToFloats()));

    private Parameter GetPart(OnnxTensor tensor, Func<float[], float[]>? function, int group, int groups)
    {
        int[] dims = [tensor.Dims[0] / groups, .. tensor.Dims.Skip(1)];
        int count = tensor.Count / groups;
        return call.Derived(
            tensor,
            $"{call.ResultName} {group} of {groups}",
            dims,
            () =>
            {
                float[] values = tensor.ToFloats();
                return (function?.Invoke(values) ?? values)[(group * count)..((group + 1) * count)];
            });
    }
}
