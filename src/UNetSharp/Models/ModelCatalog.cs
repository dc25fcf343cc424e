namespace UNetSharp.Models;

/// <summary>The networks by name.</summary>
public static class ModelCatalog
{
    private static readonly Dictionary<string, Func<ModelSettings, int, Network>> ByName = new()
    {
        ["unet"] = (settings, seed) =>
            new UNet(settings.Channels, settings.Classes, settings.Width, settings.Up, seed),
    };

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Builds a network with starting values chosen by the seed.</summary>
    /// <exception cref="ArgumentException">There is no network of that name.</exception>
    public static Network Create(ModelSettings settings, int seed = 0) =>
        ByName.TryGetValue(settings.Model, out Func<ModelSettings, int, Network>? create)
            ? create(settings, seed)
            : throw new ArgumentException($"There is no model '{settings.Model}'; there are {string.Join(", ", Names)}.");
}
