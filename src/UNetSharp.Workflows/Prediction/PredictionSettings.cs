using System.Text.Json.Serialization;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>Kinds of files that prediction writes.</summary>
public enum PictureFormat
{
    /// <summary>PNG, .png.</summary>
    Png,

    /// <summary>TIFF, .tif.</summary>
    Tiff,
}

/// <summary>Which pictures are predicted, with what, and what is written.</summary>
/// <param name="Weights">Folder of a training run, or a file of weights.</param>
/// <param name="Input">A picture, or a folder of pictures; of a TIFF file with several pages every page.</param>
/// <param name="Output">Folder for the masks; made if it is not there.</param>
public sealed record PredictionSettings(
    [property: JsonIgnore] string Weights, [property: JsonIgnore] string Input, [property: JsonIgnore] string Output)
{
    /// <summary>Loads the weights, for those whose file does not say all of what they are.</summary>
    [JsonIgnore]
    public Func<string, TrainedNetwork> Load { get; init; } = path => TrainedNetwork.Load(path);

    /// <summary>Kind of the files.</summary>
    public PictureFormat Format { get; init; }

    /// <summary>Probability above which a pixel is foreground, 0 to 1.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>How pictures are cut, scaled and turned.</summary>
    public SegmentationSettings Segmentation { get; init; } = new();

    /// <summary>Whether the mask is also drawn over the picture, NAME.overlay.</summary>
    public bool HasOverlay { get; init; }

    /// <summary>Whether probabilities of each class but the background are also written, 16 bit,
    /// NAME.probability.</summary>
    public bool HasProbabilities { get; init; }

    /// <summary>
    /// Whether the probabilities of each side output are also written, 16 bit, NAME.side1 and so on: U²-Net has six,
    /// from the picture's full size down, and UNet++ with deep supervision three.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasSideOutputs { get; init; }

    /// <summary>What is written of the objects in each mask.</summary>
    public ObjectSettings Objects { get; init; } = new();

    /// <summary>Whether convolutions sum up their products as they are defined; else they are faster.</summary>
    public bool IsExact { get; init; }

    /// <summary>Threads to compute on.</summary>
    [JsonIgnore]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether pictures that are done are predicted again. Without it, those of a folder are skipped whose mask is
    /// newer than the picture and was made with the same weights and settings, by predict.json beside the masks.
    /// </summary>
    [JsonIgnore]
    public bool RepeatsDone { get; init; }
}
