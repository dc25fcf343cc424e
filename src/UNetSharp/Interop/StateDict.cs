using UNetSharp.Graph;
using UNetSharp.Models;

namespace UNetSharp.Interop;

/// <summary>Parameters of a network to and from named arrays.</summary>
public static class StateDict
{
    /// <summary>Copies of all parameters, in the order of PyTorch's state dict.</summary>
    public static IReadOnlyList<StoredTensor> FromModule(Network network) =>
    [
        .. network.Parameters().Select(parameter => new StoredTensor(
            parameter.Name,
            parameter.Dims,
            network.Store.GetValues(parameter).ToArray(),
            parameter.Kind == ParameterKind.Counter)),
    ];

    /// <summary>Sets every parameter. Nothing is changed unless all names and shapes fit.</summary>
    /// <param name="network">The network to fill.</param>
    /// <param name="tensors">Arrays by name; counters of training steps may be missing.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them. Or there are values that
    /// are no numbers.</exception>
    public static void Load(Network network, IReadOnlyList<StoredTensor> tensors, string source)
    {
        Parameter[] parameters = [.. network.Parameters()];
        ArraySlot[] slots =
        [
            .. parameters.Select(parameter => new ArraySlot(
                parameter.Name, parameter.Dims, IsOptional: parameter.Kind == ParameterKind.Counter)),
        ];
        IReadOnlyDictionary<string, StoredTensor> byName = NamedArrays.Match(tensors, slots, source, "network");
        foreach (Parameter parameter in parameters.Where(parameter => parameter.Kind != ParameterKind.Counter))
        {
            RequireNumbers(byName[parameter.Name], source);
        }

        foreach (Parameter parameter in parameters)
        {
            if (byName.TryGetValue(parameter.Name, out StoredTensor? tensor))
            {
                network.Store.SetValues(parameter, tensor.Values);
            }
        }
    }

    private static void RequireNumbers(StoredTensor tensor, string source)
    {
        int bad = tensor.Values.Count(value => !float.IsFinite(value));
        if (bad > 0)
        {
            throw new CheckpointException(
                $"{source}: {bad} of the {tensor.Values.Length} values of {tensor.Name} are not "
                + "finite numbers (NaN or infinity); training has diverged, or the file is damaged. Use an earlier "
                + "one.");
        }

        if (tensor.IsInteger)
        {
            throw new CheckpointException(
                $"{source}: {tensor.Name} holds whole numbers where weights should be; these are "
                + "quantized or other data. Save the network's float weights.");
        }
    }
}
