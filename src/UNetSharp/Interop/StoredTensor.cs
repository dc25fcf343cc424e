namespace UNetSharp.Interop;

/// <summary>An array in a file of weights.</summary>
/// <param name="Name">Name, as in PyTorch's state dict.</param>
/// <param name="Dims">Sizes; none for a single number.</param>
/// <param name="Values">Values in row-major order, whatever the file's own number format.</param>
/// <param name="IsInteger">Whether the values are whole numbers, to be stored as int64.</param>
public sealed record StoredTensor(string Name, IReadOnlyList<int> Dims, float[] Values, bool IsInteger = false);
