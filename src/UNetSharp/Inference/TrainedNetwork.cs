using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Interop.Onnx;
using UNetSharp.Models;

namespace UNetSharp.Inference;

/// <summary>A network with its weights and its description: all that prediction needs, in one file.</summary>
/// <param name="Network">The network.</param>
/// <param name="Description">What it is.</param>
public sealed record TrainedNetwork(Network Network, NetworkDescription Description)
{
    /// <summary>Under which name the description stands among a file's metadata.</summary>
    internal const string MetadataKey = "unetsharp";

    /// <summary>
    /// The settings of the description that were assumed when the weights were loaded, as their file does not say them:
    /// names of properties of <see cref="NetworkDescription"/> and <see cref="ModelSettings"/>.
    /// </summary>
    public IReadOnlyList<string> Assumed { get; init; } = [];

    /// <summary>
    /// What was chosen when the weights were loaded, where their file holds more than one network's, a line each.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Where in the file averaged weights are that were not asked for, as <c>model_ema</c>; null if there are none.
    /// </summary>
    public string? AveragedEntry { get; init; }

    private const string BestName = "best.safetensors";
    private const int MaxSide = 1 << 15;
    private const int MaxOthers = 3;

    private Dictionary<string, string> Metadata => new() { [MetadataKey] = Description.ToJson() };

    /// <summary>Saves weights and description in the safetensors format.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (Network is OnnxNetwork)
        {
            throw new CheckpointException(
                $"{path}: is not written: a network out of an ONNX file needs no other; use that file.");
        }

        SafetensorsWriter.Write(path, StateDict.FromModule(Network), Metadata);
    }

    /// <summary>Writes the network as an ONNX file, which ONNX Runtime and its like run.</summary>
    /// <exception cref="CheckpointException">
    /// The network cannot run on images of every size where that is asked for, or the file cannot be written.
    /// </exception>
    public void SaveOnnx(string path, OnnxSettings settings) => ToOnnx(settings).Write(path);

    /// <summary>The network as an ONNX file holds it.</summary>
    internal OnnxModel ToOnnx(OnnxSettings settings) => OnnxExport.FromNetwork(Network, settings, Metadata);

    /// <summary>Loads a network.</summary>
    /// <param name="path">
    /// A file of weights, ours or PyTorch's, an ONNX file, or the folder of a run, of which the best weights are taken.
    /// </param>
    /// <param name="model">
    /// The network that the weights are for; null to take the file's word for it or else to recognise it by the names
    /// and sizes of its arrays.
    /// </param>
    /// <param name="describe">
    /// Corrects the description that the file holds or that is assumed (see <see cref="Assumed"/>); null to leave it.
    /// </param>
    /// <param name="takesAveraged">
    /// Whether averaged weights (EMA, SWA) are taken where a checkpoint holds plain ones too.
    /// </param>
    /// <exception cref="CheckpointException">The file is missing, damaged or of no network that is known.</exception>
    /// <exception cref="ArgumentException">
    /// There is no model of that name, or the corrected description makes no sense.
    /// </exception>
    public static TrainedNetwork Load(
        string path,
        string? model = null,
        Func<NetworkDescription, NetworkDescription>? describe = null,
        bool takesAveraged = false)
    {
        string file = ResolveFile(path);
        if (!File.Exists(file))
        {
            throw new CheckpointException(file == path
                ? $"{path}: there is no such file or run."
                : $"{path}: holds no {BestName}; is it the folder of a training run?");
        }

        if (CheckpointFile.IsOnnx(file))
        {
            return model is null
                ? LoadOnnx(file, describe)
                : throw new CheckpointException($"{file}: an ONNX file holds its network; name no model for it.")
                {
                    Settings = [nameof(model)],
                };
        }

        Checkpoint checkpoint = CheckpointFile.Read(file, takesAveraged);
        if (model is null && checkpoint.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            return Create(file, checkpoint.Tensors, ParseDescription(file, json), describe);
        }

        NetworkWeights weights = FindNetwork(file, checkpoint.Tensors, model, takesAveraged);
        NetworkDescription assumed = NetworkDescription.CreateDefault(RecognizeModel(file, weights.Tensors, model));
        TrainedNetwork trained = Create(file, weights.Tensors, assumed, describe);
        return trained with
        {
            Assumed = trained.Description.NotInStateDict(),
            Notes = [.. DescribeChoice(checkpoint, weights)],
            AveragedEntry = (checkpoint.AveragedEntry ?? weights.AveragedPrefix?.TrimEnd('.')) is { } averaged
                ? CheckpointException.Sanitize(averaged)
                : null,
        };
    }

    /// <summary>The file that <see cref="Load"/> reads: of the folder of a run, that of the best weights.</summary>
    public static string ResolveFile(string path) => Directory.Exists(path) ? Path.Combine(path, BestName) : path;

    private static TrainedNetwork LoadOnnx(string file, Func<NetworkDescription, NetworkDescription>? describe)
    {
        OnnxNetwork network = OnnxNetwork.Load(file);
        ModelSettings settings = new(OnnxNetwork.ModelName, network.Channels, network.Classes);
        string? json = network.Metadata.GetValueOrDefault(MetadataKey);
        NetworkDescription description = json is not null
            ? ParseDescription(file, json)
            : NetworkDescription.CreateDefault(settings) with
            {
                Normalization = network.IsSaliency ? Normalization.Saliency : Normalization.Unit,
            };
        if ((description.Model.Channels, description.Model.Classes) != (network.Channels, network.Classes))
        {
            throw new CheckpointException($"{file}: its description of the network is damaged.");
        }

        description = description with { Model = settings, Size = network.FixedSize ?? description.Size };
        description = describe?.Invoke(description) ?? description;
        if (description.Model != settings || (network.FixedSize is { } size && description.Size != size))
        {
            throw new CheckpointException(
                $"{file}: an ONNX file holds its network and, where that is fixed, the size of images; leave them as "
                    + "they are.");
        }

        IEnumerable<string> unstated = description.NotInStateDict();
        return new TrainedNetwork(network, description)
        {
            Assumed = json is not null ? []
                : [.. unstated.Where(name => name != nameof(description.Size) || network.FixedSize is null)],
        };
    }

    private static TrainedNetwork Create(
        string file,
        IReadOnlyList<StoredTensor> tensors,
        NetworkDescription description,
        Func<NetworkDescription, NetworkDescription>? describe)
    {
        description = describe?.Invoke(description) ?? description;
        Network network = ModelCatalog.Create(description.Model);
        StateDict.Load(network, tensors, file);
        return new TrainedNetwork(network, description);
    }

    private static NetworkWeights FindNetwork(
        string file, IReadOnlyList<StoredTensor> tensors, string? model, bool takesAveraged)
    {
        ModelEntry? entry = model is null ? null : ModelCatalog.Entry(model);
        NetworkWeights? found = NetworkWeights.Find(
            tensors,
            arrays => entry is null ? ModelCatalog.Recognize(arrays) is not null : entry.Recognize(arrays) is not null,
            takesAveraged);

        // Where nothing is recognised, loading says which names do not fit the model that was named.
        return found
            ?? (entry is not null ? new NetworkWeights(tensors, "", [], null) : throw UnknownNetwork(file, tensors));
    }

    private static IEnumerable<string> DescribeChoice(Checkpoint checkpoint, NetworkWeights weights)
    {
        if (AveragedWeights.IsName(checkpoint.Entry) || AveragedWeights.IsName(weights.Prefix))
        {
            string entry = string.Join('.', checkpoint.Entry, weights.Prefix).Trim('.');
            yield return $"the averaged weights are taken, '{CheckpointException.Sanitize(entry)}'";
        }

        string[] others =
        [
            .. weights.LeftOut.GroupBy(name => name.Split('.')[0]).Select(group => group.Count() == 1
                ? CheckpointException.Sanitize(group.First())
                : $"{CheckpointException.Sanitize(group.Key)}.* ({group.Count()} arrays)"),
        ];
        if (others.Length > 0)
        {
            string shown = string.Join(", ", others.Take(MaxOthers)) + (others.Length > MaxOthers ? ", …" : "");
            yield return weights.Prefix.Length == 0
                ? $"left out, as no part of the network: {shown}"
                : $"the network is '{CheckpointException.Sanitize(weights.Prefix.TrimEnd('.'))}'; left out: {shown}";
        }
    }

    private static ModelSettings RecognizeModel(string file, IReadOnlyList<StoredTensor> tensors, string? model)
    {
        TensorShapes arrays = new(tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Dims));
        if (model is not null)
        {
            // Where the names do not fit, loading into the usual network says which ones.
            ModelEntry entry = ModelCatalog.Entry(model);
            return entry.Recognize(arrays) is { } fitting && fitting.GetError() is null ? fitting : entry.Default;
        }

        ModelSettings settings = ModelCatalog.Recognize(arrays) ?? throw UnknownNetwork(file, tensors);
        return settings.GetError() is { } problem
            ? throw new CheckpointException($"{file}: looks like {settings.Model}, but with {problem}.")
            : settings;
    }

    private static CheckpointException UnknownNetwork(string file, IReadOnlyList<StoredTensor> tensors) => new(
        $"{file}: its {tensors.Count} arrays ({string.Join(", ", tensors.Take(3).Select(FormatName))}, …) are of "
            + "no network "
        + $"that is known; there are {string.Join(", ", ModelCatalog.Names)}. Name the closest to see what "
        + "differs.")
    {
        Settings = ["model"],
    };

    private static string FormatName(StoredTensor tensor) => CheckpointException.Sanitize(tensor.Name);

    private static NetworkDescription ParseDescription(string file, string json)
    {
        try
        {
            NetworkDescription? description = JsonSerializer.Deserialize<NetworkDescription>(json);
            if (description is
                {
                    Model: not null,
                    Masks: { ClassOfValue: not null, AreNamesComplete: true },
                    Normalization: Normalization.Unit or Normalization.Saliency,
                    Size: null or { Height: >= 1 and <= MaxSide, Width: >= 1 and <= MaxSide },
                }
                && description.Model.GetError() is null
                && description.Masks.Classes == description.Model.Classes
                && description.Masks.ClassOfValue.Values.All(
                    index => index == MaskClasses.Ignored || (index >= 0 && index < description.Masks.ClassCount)))
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
