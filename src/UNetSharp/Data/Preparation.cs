namespace UNetSharp.Data;

/// <summary>How pictures are prepared for a network.</summary>
/// <param name="Size">The size to which they are brought; null for their own.</param>
/// <param name="Normalization">How their values are changed.</param>
public sealed record Preparation(PictureSize? Size = null, Normalization Normalization = Normalization.Unit);
