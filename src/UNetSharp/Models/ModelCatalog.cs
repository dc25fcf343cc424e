namespace UNetSharp.Models;

/// <summary>The networks of the family by name.</summary>
public static class ModelCatalog
{
    /// <summary>Every network.</summary>
    public static IReadOnlyList<ModelEntry> Entries { get; } =
    [
        UNet.Entry,
        UNetClassic.Entry,
        UNetLeaky.Entry,
        UNetFeatures.Entry,
        U2Net.Entry,
        U2Net.LightEntry,
        Fcn8s.Entry,
        UNetPlusPlus.Entry,
        AttentionUNet.Entry,
        ResUNet.Entry,
    ];

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => Entries.Select(entry => entry.Name);

    /// <summary>The network of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ModelEntry Entry(string name) =>
        Find(name) ?? throw new ArgumentException($"There is no model '{name}'; there are {string.Join(", ", Names)}.");

    /// <summary>The network of a name, or null if there is none.</summary>
    public static ModelEntry? Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name);

    /// <summary>Builds a network with starting values chosen by the seed.</summary>
    /// <exception cref="ArgumentException">There is no network of that name, or an option makes no sense.</exception>
    public static Network Create(ModelSettings settings, int seed = 0) => settings.GetError() is { } problem
        ? throw new ArgumentException($"{problem}.")
        : Entry(settings.Model).Create(settings, seed);

    /// <summary>The settings of the network that has arrays of these names and sizes, or null if none has.</summary>
    public static ModelSettings? Recognize(TensorShapes arrays) =>
        Entries.Select(entry => entry.Recognize(arrays)).FirstOrDefault(settings => settings is not null);
}
