using System.Text.Json;
using System.Text.Json.Serialization;
using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;
using UNetSharp.Models;

namespace UNetSharp.Inference;

/// <summary>What a network is and how it sees images; saved with its weights.</summary>
/// <param name="Model">The network.</param>
/// <param name="Masks">What its result means.</param>
/// <param name="Size">The size to which images were brought in training, or null if they were used as they are.</param>
/// <param name="Normalization">How the values of images are changed.</param>
public sealed record NetworkDescription(
    ModelSettings Model,
    MaskClasses Masks,
    PictureSize? Size,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Normalization>))] Normalization Normalization = Normalization.Unit)
{
    // A single foreground class is drawn in white or, where masks hold indices, as 1; so is the second of two classes.
    private static readonly Dictionary<int, int> TwoClasses = new() { [0] = 0, [1] = 1, [255] = 1 };

    /// <summary>
    /// The description of a network whose file says nothing about images and masks. U²-Net is taken for the published one.
    /// </summary>
    public static NetworkDescription Of(ModelSettings model) => new(
        model,
        new MaskClasses(
            model.Classes, model.Classes <= 2 ? TwoClasses : Enumerable.Range(0, model.Classes).ToDictionary(k => k)),
        IsSaliency(model) ? ModelCatalog.Entry(model.Model).UsualInput : null,
        IsSaliency(model) ? Normalization.Saliency : Normalization.Unit);

    /// <summary>The description as it stands in a file.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Whether this is U²-Net for saliency, whose published weights all see images in one way.</summary>
    private static bool IsSaliency(ModelSettings model) =>
        model is { Channels: 3, Classes: 1 }
        && (model.Model == U2Net.Entry.Name || model.Model == U2Net.LightEntry.Name);
}

/// <summary>A network with its weights and its description: all that prediction needs, in one file.</summary>
/// <param name="Network">The network.</param>
/// <param name="Description">What it is.</param>
public sealed record TrainedNetwork(Network Network, NetworkDescription Description)
{
    /// <summary>Under which name the description stands among a file's metadata.</summary>
    internal const string MetadataKey = "unetsharp";

    private const string BestName = "best.safetensors";
    private const int MostSide = 1 << 15;

    /// <summary>Saves weights and description in the safetensors format.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (Network is OnnxNetwork)
        {
            throw new CheckpointException(
                $"{path}: is not written: a network out of an ONNX file needs no other; use that file.");
        }

        Dictionary<string, string> metadata = new() { [MetadataKey] = Description.ToJson() };
        SafetensorsWriter.Write(path, StateDict.Of(Network), metadata);
    }

    /// <summary>Writes the network as an ONNX file, which ONNX Runtime and its like run.</summary>
    /// <exception cref="CheckpointException">
    /// The network cannot run on images of every size where that is asked for, or the file cannot be written.
    /// </exception>
    public void SaveOnnx(string path, OnnxSettings settings) => OnnxExport.Of(this, settings).Write(path);

    /// <summary>Loads a network.</summary>
    /// <param name="path">
    /// A file of weights, ours or PyTorch's, an ONNX file, or the folder of a run, of which the best weights are taken.
    /// </param>
    /// <param name="model">
    /// The network that the weights are for; null to take the file's word for it or else to recognise it by the names and
    /// sizes of its arrays.
    /// </param>
    /// <exception cref="CheckpointException">The file is missing, damaged or of no network that is known.</exception>
    /// <exception cref="ArgumentException">There is no model of that name.</exception>
    public static TrainedNetwork Load(string path, string? model = null)
    {
        string file = FileOf(path);
        if (!File.Exists(file))
        {
            throw new CheckpointException(file == path
                ? $"{path}: there is no such file or run."
                : $"{path}: holds no {BestName}; is it the folder of a training run?");
        }

        if (CheckpointFile.IsOnnx(file))
        {
            return model is null
                ? OfOnnx(file)
                : throw new CheckpointException($"{file}: an ONNX file holds its network; name no model for it.")
                {
                    Settings = [nameof(model)],
                };
        }

        (IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) = CheckpointFile.Read(file);
        NetworkDescription description = model is null && metadata.TryGetValue(MetadataKey, out string? json)
            ? Described(file, json)
            : NetworkDescription.Of(Recognized(file, tensors, model));
        Network network = ModelCatalog.Create(description.Model);
        StateDict.Load(network, tensors, file);
        return new TrainedNetwork(network, description);
    }

    /// <summary>The file that <see cref="Load"/> reads: of the folder of a run, that of the best weights.</summary>
    public static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, BestName) : path;

    private static TrainedNetwork OfOnnx(string file)
    {
        OnnxNetwork network = OnnxNetwork.Load(file);
        ModelSettings settings = new(OnnxNetwork.ModelName, network.Channels, network.Classes);
        NetworkDescription description = network.Metadata.TryGetValue(MetadataKey, out string? json)
            ? Described(file, json)
            : NetworkDescription.Of(settings) with
            {
                Normalization = network.IsSaliency ? Normalization.Saliency : Normalization.Unit,
            };
        return (description.Model.Channels, description.Model.Classes) == (network.Channels, network.Classes)
            ? new TrainedNetwork(
                network, description with { Model = settings, Size = network.FixedSize ?? description.Size })
            : throw new CheckpointException($"{file}: its description of the network is damaged.");
    }

    private static ModelSettings Recognized(string file, IReadOnlyList<StoredTensor> tensors, string? model)
    {
        ArraySizes arrays = new(tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Dims));
        if (model is not null)
        {
            // Where the names do not fit, loading into the usual network says which ones.
            ModelEntry entry = ModelCatalog.Entry(model);
            return entry.Recognize(arrays) is { } fitting && fitting.Problem() is null ? fitting : entry.Usual;
        }

        ModelSettings settings = ModelCatalog.Recognize(arrays) ?? throw new CheckpointException(
            $"{file}: its {tensors.Count} arrays ({string.Join(", ", tensors.Take(3).Select(ShownName))}, …) are of no network "
            + $"that is known; there are {string.Join(", ", ModelCatalog.Names)}. Name the closest to see what differs.")
            {
                Settings = [nameof(model)],
            };
        return settings.Problem() is { } problem
            ? throw new CheckpointException($"{file}: looks like {settings.Model}, but with {problem}.")
            : settings;
    }

    private static string ShownName(StoredTensor tensor) => CheckpointException.Shown(tensor.Name);

    private static NetworkDescription Described(string file, string json)
    {
        try
        {
            NetworkDescription? description = JsonSerializer.Deserialize<NetworkDescription>(json);
            if (description is
                {
                    Model: not null,
                    Masks: { ClassOfValue: not null, AreNamesWhole: true },
                    Size: null or { Height: >= 1 and <= MostSide, Width: >= 1 and <= MostSide },
                }
                && description.Model.Problem() is null)
            {
                return description;
            }
        }
        catch (JsonException)
        {
            // Said below, in the same words as a description that makes no sense.
        }

        throw new CheckpointException($"{file}: its description of the network is damaged.");
    }
}
