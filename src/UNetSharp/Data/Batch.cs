using UNetSharp.Tensors;

namespace UNetSharp.Data;

/// <summary>Images that are trained on together.</summary>
/// <param name="Images">Values in 0..1, (N, C, H, W).</param>
/// <param name="Masks">
/// Class indices, (N, 1, H′, W′); for one foreground class 0 and 1. Of the images' middle, where the network looks
/// further.
/// </param>
/// <param name="Weights">Weight of every pixel of the masks, of <see cref="WeightMap"/>; null for 1.</param>
/// <param name="Names">Names of the pairs.</param>
public sealed record Batch(Tensor Images, Tensor Masks, Tensor? Weights, IReadOnlyList<string> Names);
