namespace UNetSharp.Interop;

/// <summary>A place for an array out of a file.</summary>
/// <param name="Name">The array's name.</param>
/// <param name="Dims">The sizes it must have.</param>
/// <param name="IsOptional">Whether a file without it fits as well.</param>
internal readonly record struct ArraySlot(string Name, IReadOnlyList<int> Dims, bool IsOptional = false);

/// <summary>Whether a file's arrays are the ones that are needed.</summary>
internal static class NamedArrays
{
    private const int MaxNamesInMessage = 2;

    /// <summary>The arrays by name, once it is certain that each slot has one and each one a slot.</summary>
    /// <param name="tensors">Arrays with different names.</param>
    /// <param name="slots">What is needed.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <param name="user">What the arrays are for, for messages.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists them.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Match(
        IReadOnlyList<StoredTensor> tensors, IReadOnlyList<ArraySlot> slots, string source, string user)
    {
        Dictionary<string, StoredTensor> byName = tensors.ToDictionary(tensor => tensor.Name);
        string[] missing =
        [
            .. slots.Where(slot => !slot.IsOptional && !byName.ContainsKey(slot.Name)).Select(slot => slot.Name),
        ];
        string[] unexpected =
        [
            .. byName.Keys.Except(slots.Select(slot => slot.Name)).Select(CheckpointException.Sanitize),
        ];
        string[] misshapen =
        [
            .. slots
                .Where(slot => byName.TryGetValue(slot.Name, out StoredTensor? tensor)
                    && !tensor.Dims.SequenceEqual(slot.Dims))
                .Select(slot => $"{slot.Name} ({Sizes(byName[slot.Name].Dims)} in the file, "
                    + $"{Sizes(slot.Dims)} in the {user})"),
        ];
        if (missing.Length + unexpected.Length + misshapen.Length > 0)
        {
            throw new CheckpointException($"{source}: does not fit the {user}: "
                + string.Join("; ", FormatList("missing", missing), FormatList("unexpected", unexpected),
                    FormatList("of another shape", misshapen)))
            {
                Details =
                [
                    .. missing.Select(name => $"missing     {name}"),
                    .. unexpected.Select(name => $"unexpected  {name}"),
                    .. misshapen.Select(name => $"mis-shaped  {name}"),
                ],
            };
        }

        return byName;
    }

    /// <summary>Refuses arrays that no file could give back.</summary>
    /// <param name="tensors">What is to be written.</param>
    /// <param name="reservedNames">Names that the file's format keeps for itself.</param>
    /// <exception cref="ArgumentException">Two arrays have one name, or one's values are not as many as its sizes say.
    /// </exception>
    public static void RequireReadable(IReadOnlyList<StoredTensor> tensors, params ReadOnlySpan<string> reservedNames)
    {
        HashSet<string> names = [.. reservedNames];
        foreach (StoredTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"Only one array can have the name '{tensor.Name}'.", nameof(tensors));
            }

            if (tensor.Dims.Aggregate(1L, (product, size) => product * size) != tensor.Values.Length)
            {
                throw new ArgumentException($"'{tensor.Name}' of shape ({string.Join(", ", tensor.Dims)}) comes with "
                    + $"{tensor.Values.Length} values.", nameof(tensors));
            }
        }
    }

    private static string Sizes(IReadOnlyList<int> dims) =>
        dims.Count == 0 ? "a single number" : string.Join("x", dims);

    private static string FormatList(string what, string[] names) =>
        names.Length == 0 ? $"none {what}"
        : $"{names.Length} {what}: {string.Join(", ", names.Take(MaxNamesInMessage))}"
            + (names.Length > MaxNamesInMessage ? ", …" : "");
}
