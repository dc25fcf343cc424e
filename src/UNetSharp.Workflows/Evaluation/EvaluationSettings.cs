using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>What is scored, on which images, and which files are written.</summary>
/// <param name="Weights">Folder of a training run, or a file of weights.</param>
/// <param name="Data">The images and masks.</param>
public sealed record EvaluationSettings(string Weights, DataFolder Data)
{
    /// <summary>Settings for a folder with images/ and masks/ or the like.</summary>
    /// <exception cref="DataException">There are no images and masks in it.</exception>
    public EvaluationSettings(string weights, string data)
        : this(weights, DataFolder.Find(data, ImageFile.CountPages))
    {
    }

    /// <summary>What the user says of the masks.</summary>
    public MaskSettings Masks { get; init; } = new();

    /// <summary>Loads the weights, for those whose file does not say all of what they are.</summary>
    public Func<string, TrainedNetwork> Load { get; init; } = path => TrainedNetwork.Load(path);

    /// <summary>Weights of another network to compare with, on the same images; null for none.</summary>
    public string? Compared { get; init; }

    /// <summary>Loads the weights to compare with.</summary>
    public Func<string, TrainedNetwork> LoadCompared { get; init; } = path => TrainedNetwork.Load(path);

    /// <summary>Whether only the images are scored that the run set aside for validation.</summary>
    public bool IsValidationOnly { get; init; }

    /// <summary>Whether pairs that cannot be read, or are none, are left out.</summary>
    public bool SkipsBad { get; init; }

    /// <summary>The class that is membrane, for scores of what it separates; null for none.</summary>
    public int? MembraneClass { get; init; }

    /// <summary>Threads to compute on.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether convolutions sum up their products as they are defined; else they are faster.</summary>
    public bool IsExact { get; init; }

    /// <summary>File for all scores as JSON; null for none.</summary>
    public string? Json { get; init; }

    /// <summary>File for the scores of every image and class as comma-separated values; null for none.</summary>
    public string? Csv { get; init; }

    /// <summary>File for a page with the worst images and their errors, HTML; null for none.</summary>
    public string? Page { get; init; }
}
