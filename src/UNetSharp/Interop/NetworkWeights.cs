using UNetSharp.Models;

namespace UNetSharp.Interop;

/// <summary>
/// The arrays of one network among those of a checkpoint. Wrappers put names before a network's own: <c>module.</c> of
/// DistributedDataParallel, <c>_orig_mod.</c> of torch.compile, <c>model.</c> or whatever a Lightning module calls it;
/// and they keep arrays beside it: weights of a loss, counters, a second network.
/// </summary>
/// <param name="Tensors">The network's arrays, under its own names.</param>
/// <param name="Prefix">What stood before their names.</param>
/// <param name="LeftOut">Names of what stood beside them.</param>
/// <param name="AveragedPrefix">What stands before the names of averaged weights that were not asked for; or
/// null.</param>
internal sealed record NetworkWeights(
    IReadOnlyList<StoredTensor> Tensors, string Prefix, IReadOnlyList<string> LeftOut, string? AveragedPrefix)
{
    private const int MaxPrefixes = 64;
    private const int MaxDepth = 6;

    private static readonly HashSet<string> BesideNetworks =
        new(["criterion", "loss", "losses", "metric", "metrics", "averaged"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Finds the network with the most arrays; plain weights before averaged ones, unless these are asked for.
    /// </summary>
    /// <param name="tensors">All arrays.</param>
    /// <param name="isNetwork">Whether arrays of such names and sizes are those of a network.</param>
    /// <param name="takesAveraged">Whether averaged weights are taken where both are there.</param>
    /// <returns>The network's arrays; null if there is none.</returns>
    public static NetworkWeights? Find(
        IReadOnlyList<StoredTensor> tensors, Func<TensorShapes, bool> isNetwork, bool takesAveraged)
    {
        NetworkWeights[] networks =
        [
            .. FindPrefixes(tensors).Select(prefix => Select(tensors, prefix)).Where(network => isNetwork(
                new TensorShapes(network.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Dims)))),
        ];
        NetworkWeights? averaged = networks.FirstOrDefault(network => AveragedWeights.IsName(network.Prefix));
        NetworkWeights? plain = networks.FirstOrDefault(network => !AveragedWeights.IsName(network.Prefix));
        NetworkWeights? chosen = takesAveraged ? averaged ?? plain : plain ?? averaged;
        return chosen is null || chosen == averaged ? chosen : chosen with { AveragedPrefix = averaged?.Prefix };
    }

    /// <summary>What names begin with, up to a dot: what most of them have first, the empty one before.</summary>
    private static IEnumerable<string> FindPrefixes(IReadOnlyList<StoredTensor> tensors)
    {
        Dictionary<string, int> counts = [];
        foreach (StoredTensor tensor in tensors)
        {
            int end = tensor.Name.IndexOf('.', StringComparison.Ordinal) + 1;
            for (int depth = 0; depth < MaxDepth && end > 0 && end < tensor.Name.Length; depth++)
            {
                string prefix = tensor.Name[..end];
                counts[prefix] = counts.GetValueOrDefault(prefix) + 1;
                end = tensor.Name.IndexOf('.', end) + 1;
            }
        }

        return counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Length)
            .Select(entry => entry.Key).Take(MaxPrefixes).Prepend("");
    }

    private static NetworkWeights Select(IReadOnlyList<StoredTensor> tensors, string prefix)
    {
        List<StoredTensor> own = [];
        List<string> others = [];
        foreach (StoredTensor tensor in tensors)
        {
            bool isInside = tensor.Name.StartsWith(prefix, StringComparison.Ordinal);
            string name = isInside ? tensor.Name[prefix.Length..] : "";
            if (name.Length > 0 && !name.Split('.')[0].Split('_').Any(BesideNetworks.Contains))
            {
                own.Add(tensor with { Name = name });
            }
            else
            {
                others.Add(tensor.Name);
            }
        }

        return new NetworkWeights(own, prefix, others, null);
    }
}
