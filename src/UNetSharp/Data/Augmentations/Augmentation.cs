namespace UNetSharp.Data.Augmentations;

/// <summary>One kind of random change.</summary>
/// <param name="Strength">How far it goes; what that means is defined by <see cref="AugmentationCatalog"/>.</param>
/// <param name="Probability">Share of the samples that it happens to; 0 is never.</param>
public readonly record struct Augmentation(float Strength, float Probability);
