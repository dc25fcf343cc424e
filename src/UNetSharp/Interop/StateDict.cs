using UNetSharp.Graph;

namespace UNetSharp.Interop;

/// <summary>Parameters of a network to and from named arrays.</summary>
public static class StateDict
{
    private const int MostNamesInMessage = 5;

    /// <summary>Copies of all parameters, in the order of PyTorch's state dict.</summary>
    public static IReadOnlyList<StoredTensor> Of(Module network) =>
    [
        .. network.Parameters().Select(parameter => new StoredTensor(
            parameter.Name, parameter.Dims, parameter.Data.ToArray(), parameter.Kind == ParameterKind.Counter)),
    ];

    /// <summary>Sets every parameter. Nothing is changed unless all names and shapes fit.</summary>
    /// <param name="network">The network to fill.</param>
    /// <param name="tensors">Arrays by name; counters of training steps may be missing.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them.</exception>
    public static void Load(Module network, IReadOnlyList<StoredTensor> tensors, string source)
    {
        Dictionary<string, StoredTensor> byName = tensors.ToDictionary(tensor => tensor.Name);
        Parameter[] parameters = [.. network.Parameters()];
        string[] missing =
        [
            .. parameters
                .Where(parameter => parameter.Kind != ParameterKind.Counter && !byName.ContainsKey(parameter.Name))
                .Select(parameter => parameter.Name),
        ];
        string[] unexpected =
        [
            .. byName.Keys.Except(parameters.Select(parameter => parameter.Name)).Select(CheckpointException.Shown),
        ];
        string[] misshapen =
        [
            .. parameters
                .Where(parameter => byName.TryGetValue(parameter.Name, out StoredTensor? tensor)
                    && !tensor.Dims.SequenceEqual(parameter.Dims))
                .Select(parameter => $"{parameter.Name} ({Sizes(byName[parameter.Name].Dims)} in the file, "
                    + $"{Sizes(parameter.Dims)} in the network)"),
        ];
        if (missing.Length + unexpected.Length + misshapen.Length > 0)
        {
            throw new CheckpointException($"{source}: does not fit the network: "
                + string.Join("; ", Listed("missing", missing), Listed("unexpected", unexpected),
                    Listed("of another shape", misshapen)));
        }

        foreach (Parameter parameter in parameters)
        {
            if (byName.TryGetValue(parameter.Name, out StoredTensor? tensor))
            {
                tensor.Values.CopyTo(parameter.Data);
            }
        }
    }

    private static string Sizes(IReadOnlyList<int> dims) =>
        dims.Count == 0 ? "a single number" : string.Join("x", dims);

    private static string Listed(string what, string[] names) =>
        names.Length == 0 ? $"none {what}"
        : $"{names.Length} {what}: {string.Join(", ", names.Take(MostNamesInMessage))}"
            + (names.Length > MostNamesInMessage ? ", …" : "");
}
