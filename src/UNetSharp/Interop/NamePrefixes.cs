namespace UNetSharp.Interop;

/// <summary>What PyTorch's wrappers put before every name of the model inside them.</summary>
internal static class NamePrefixes
{
    // Of DistributedDataParallel and DataParallel, and of torch.compile. Either may be around the other.
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "module."];

    /// <summary>The arrays without such a prefix if all names have it.</summary>
    public static IReadOnlyList<StoredTensor> Strip(IReadOnlyList<StoredTensor> tensors) =>
        Prefixes.Aggregate(tensors, Strip);

    private static IReadOnlyList<StoredTensor> Strip(IReadOnlyList<StoredTensor> tensors, string prefix)
    {
        bool haveAll = tensors.All(tensor =>
            tensor.Name.StartsWith(prefix, StringComparison.Ordinal) && tensor.Name.Length > prefix.Length);
        return haveAll ? [.. tensors.Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] })] : tensors;
    }
}
