namespace UNetSharp.Models;

/// <summary>Names and sizes of the arrays of a checkpoint, by which a network recognises its own.</summary>
public sealed class TensorShapes(IReadOnlyDictionary<string, IReadOnlyList<int>> dims)
{
    /// <summary>Whether there is an array of that name.</summary>
    public bool Has(string name) => dims.ContainsKey(name);

    /// <summary>
    /// One of the four sizes of a filter (out, in, height, width; transposed: in, out, height, width), or 0 if there is
    /// no such filter.
    /// </summary>
    public int GetFilterSize(string name, int index) =>
        dims.TryGetValue(name, out IReadOnlyList<int>? sizes) && sizes.Count == 4 ? sizes[index] : 0;
}
