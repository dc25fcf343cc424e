using System.Text.Json;
using System.Text.Json.Serialization;
using UNetSharp.Data;
using UNetSharp.Models;

namespace UNetSharp.Inference;

/// <summary>What a network is and how it reads images; saved with its weights.</summary>
/// <param name="Model">The network.</param>
/// <param name="Masks">What its result means.</param>
/// <param name="Size">The size to which images were brought in training, or null if they were used as they are.</param>
/// <param name="Normalization">How the values of images are changed.</param>
public sealed record NetworkDescription(
    ModelSettings Model,
    MaskClasses Masks,
    PictureSize? Size,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Normalization>))] Normalization Normalization =
        Normalization.Unit)
{
    // A single foreground class is drawn in white or, where masks hold indices, as 1; so is the second of two classes.
    private static readonly Dictionary<int, int> TwoClasses = new() { [0] = 0, [1] = 1, [255] = 1 };

    /// <summary>
    /// Whether the probabilities of each picture are stretched to 0 to 1; null for what belongs to the normalization.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Stretch { get; init; }

    /// <summary>Whether the probabilities of each picture are stretched to 0 to 1.</summary>
    [JsonIgnore]
    public bool StretchesMaps => Stretch ?? Normalization == Normalization.Saliency;

    /// <summary>
    /// What is white in pictures and how bright those of the training were; null in files that do not say it, whose
    /// pictures have white where their format has it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Brightness? Brightness { get; init; }

    /// <summary>
    /// The numbers that the network reads for a picture's values, where it was not trained here: null for values from
    /// 0 to 1, or what <see cref="Normalization"/> makes of them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InputValues? Input { get; init; }

    /// <summary>What the network's values mean; null for <see cref="OutputKind.Logits"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(JsonStringEnumConverter<OutputKind>))]
    public OutputKind? Output { get; init; }

    /// <summary>Name of the output of an ONNX file that is taken; null for the one that is the largest map.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OutputName { get; init; }

    /// <summary>What the network's values mean.</summary>
    [JsonIgnore]
    public OutputKind OutputKind => Output ?? OutputKind.Logits;

    /// <summary>Whether a pixel may have several labels.</summary>
    [JsonIgnore]
    public bool IsMultiLabel => CountChannels(0, OutputKind) == 1;

    /// <summary>
    /// Channels of its probabilities: the network's, and for labels that may overlap one before them, for none of them.
    /// </summary>
    [JsonIgnore]
    public int Channels => CountChannels(Model.Classes, OutputKind);

    /// <summary>
    /// The description of a network whose file says nothing about images and masks: as the catalog has it for weights
    /// from elsewhere.
    /// </summary>
    public static NetworkDescription CreateDefault(ModelSettings model)
    {
        Preparation prepared = ModelCatalog.Find(model.Model)?.ForeignPreparation(model) ?? new Preparation();
        return new NetworkDescription(
            model,
            CreateDefaultMasks(model.Classes),
            prepared.Size,
            prepared.Normalization)
        {
            Brightness = new Brightness(),
        };
    }

    /// <summary>
    /// The settings that decide what the network computes and that no state dict holds: names of properties of this
    /// type and of <see cref="ModelSettings"/>. What classes mean is not in it either.
    /// </summary>
    public IReadOnlyList<string> NotInStateDict() =>
    [
        .. ModelCatalog.Find(Model.Model)?.OptionsNotInArrays ?? [],
        nameof(Size),
        nameof(Normalization),
        nameof(Stretch),
        nameof(Input),
    ];

    /// <summary>The description as it stands in a file.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Channels of the probabilities that values of so many channels give.</summary>
    internal static int CountChannels(int classes, OutputKind output) =>
        classes + (output is OutputKind.MultiLabel or OutputKind.MultiLabelLogits ? 1 : 0);

    /// <summary>Masks of indices, or of 0 and 255, for so many channels of probabilities.</summary>
    internal static MaskClasses CreateDefaultMasks(int channels) => new(
        channels, channels <= 2 ? TwoClasses : Enumerable.Range(0, channels).ToDictionary(k => k));

    /// <summary>
    /// Brings the values of an image, (height, width, channels) in 0..1, to what the network has learnt from.
    /// </summary>
    internal void ToNetwork(Span<float> image)
    {
        if (Input is { } numbers)
        {
            numbers.Apply(image, Model.Channels);
        }
        else
        {
            Normalization.ToNetwork(image, Model.Channels);
        }
    }
}
