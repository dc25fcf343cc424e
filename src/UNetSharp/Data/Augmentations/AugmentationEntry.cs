namespace UNetSharp.Data.Augmentations;

/// <summary>An augmentation that can be asked for by name.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Default">What the bare name stands for.</param>
/// <param name="MaxStrength">The greatest strength; 0 if it has none.</param>
/// <param name="Unit">What the strength is.</param>
/// <param name="Get">Its place in the settings.</param>
/// <param name="With">Settings with another value in its place.</param>
public sealed record AugmentationEntry(
    string Name,
    Augmentation Default,
    float MaxStrength,
    string Unit,
    Func<AugmentationSettings, Augmentation> Get,
    Func<AugmentationSettings, Augmentation, AugmentationSettings> With);
