namespace UNetSharp.Data.Augmentations;

/// <summary>An augmentation that can be asked for by name.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Usual">What the bare name stands for.</param>
/// <param name="Most">The greatest strength; 0 if it has none.</param>
/// <param name="Unit">What the strength is.</param>
/// <param name="Get">Its place in the settings.</param>
/// <param name="With">Settings with another value in its place.</param>
public sealed record AugmentationEntry(
    string Name,
    Augmentation Usual,
    float Most,
    string Unit,
    Func<AugmentationSettings, Augmentation> Get,
    Func<AugmentationSettings, Augmentation, AugmentationSettings> With);
