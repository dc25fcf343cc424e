namespace UNetSharp.Interop;

/// <summary>What a file of weights holds.</summary>
/// <param name="Tensors">The arrays in the order of the file.</param>
/// <param name="Metadata">Texts beside them; formats other than safetensors have none.</param>
public sealed record Checkpoint(
    IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Entry of the file under which the arrays were found, as <c>state_dict</c>; empty for the file
    /// itself.</summary>
    public string Entry { get; init; } = "";

    /// <summary>Entry with averaged weights that were not asked for, as <c>model_ema</c>; null if there is
    /// none.</summary>
    public string? AveragedEntry { get; init; }
}
