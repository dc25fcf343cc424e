using UNetSharp.Data;

namespace UNetSharp.Models;

/// <summary>What the catalog knows about a network; written in the network's own file.</summary>
/// <param name="Usual">Its name, and the settings in which it is usually met.</param>
/// <param name="About">What it is, in a few words.</param>
/// <param name="Source">The paper.</param>
/// <param name="UsualInput">The size of image at which its cost is stated.</param>
/// <param name="Options">The settings, beside channels and classes, that it reads.</param>
/// <param name="Create">Builds it, with starting values chosen by a seed.</param>
/// <param name="Recognize">
/// The settings of the network that has arrays of these names and sizes, or null if it is not of this kind.
/// </param>
public sealed record ModelEntry(
    ModelSettings Usual,
    string About,
    string Source,
    PictureSize UsualInput,
    IReadOnlyList<string> Options,
    Func<ModelSettings, int, Network> Create,
    Func<ArraySizes, ModelSettings?> Recognize)
{
    /// <summary>Name on the command line and in files.</summary>
    public string Name => Usual.Model;
}
