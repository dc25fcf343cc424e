using UNetSharp.Data;

namespace UNetSharp.Models;

/// <summary>What the catalog knows about a network; written in the network's own file.</summary>
/// <param name="Default">Its name, and the settings in which it is usually met.</param>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Source">The paper.</param>
/// <param name="DefaultInputSize">The size of image at which its cost is stated.</param>
/// <param name="Options">The settings, beside channels and classes, that it reads.</param>
/// <param name="Create">Builds it, with starting values chosen by a seed.</param>
/// <param name="Recognize">
/// The settings of the network that has arrays of these names and sizes, or null if it is not of this kind.
/// </param>
public sealed record ModelEntry(
    ModelSettings Default,
    string Description,
    string Source,
    PictureSize DefaultInputSize,
    IReadOnlyList<string> Options,
    Func<ModelSettings, int, Network> Create,
    Func<TensorShapes, ModelSettings?> Recognize)
{
    // Settings that change what a network computes and leave no trace in its arrays.
    private static readonly string[] Traceless = [nameof(ModelSettings.Activation), nameof(ModelSettings.Slope)];

    /// <summary>
    /// How weights from elsewhere, whose files do not say it, take pictures: values from 0 to 1 at the picture's own
    /// size, but for networks whose published weights take something else.
    /// </summary>
    public Func<ModelSettings, Preparation> ForeignPreparation { get; init; } = _ => new Preparation();

    /// <summary>Those of <see cref="Options"/> that change the result and cannot be recognised from arrays.</summary>
    public IEnumerable<string> OptionsNotInArrays => Options.Intersect(Traceless);

    /// <summary>Name on the command line and in files.</summary>
    public string Name => Default.Model;
}
