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

    /// <summary>
    /// What the network reads and gives, in one line: <c>reads 3x320x320, RGB 0..1; gives probabilities of 1 class at
    /// 1/4 of the size</c>.
    /// </summary>
    public string DescribeContract()
    {
        ModelSettings model = Description.Model;
        OnnxNetwork? onnx = Network as OnnxNetwork;
        string size = Description.Size is { } fix
            ? $"{model.Channels}x{fix.Height}x{fix.Width}"
            : $"{model.Channels} {(model.Channels == 1 ? "channel" : "channels")} of any size";
        string order = model.Channels switch
        {
            1 => "grey",
            3 => Description.Input?.IsBgr == true ? "BGR" : "RGB",
            _ => "values",
        };
        string values = Description.Normalization == Normalization.Saliency && Description.Input is null
            ? "by the picture's maximum, ImageNet's mean and std"
            : (Description.Input ?? new InputValues()).Describe();
        string classes = (Description.IsMultiLabel, model.Classes) switch
        {
            (true, var labels) => $"of {labels} labels that may overlap",
            (_, 1) => "of 1 class",
            (_, var several) => $"of {several} classes",
        };
        string gives = Description.OutputKind is OutputKind.Logits or OutputKind.MultiLabelLogits
            ? "logits"
            : Description.OutputKind == OutputKind.Labels ? "labels" : "probabilities";
        string output = onnx?.DescribeOutput() is { } which ? $" ({which})" : "";
        return $"reads {size}, {order} {values}; gives {gives} {classes}{onnx?.Place.Describe()}{output}";
    }

    /// <summary>
    /// Saves weights and description in the safetensors format; of a network out of an ONNX file a copy of that file
    /// with the description.
    /// </summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (Network is OnnxNetwork onnx)
        {
            onnx.SaveCopy(path, Metadata);
        }
        else
        {
            SafetensorsWriter.Write(path, StateDict.FromModule(Network), Metadata);
        }
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
        string? json = network.Metadata.GetValueOrDefault(MetadataKey);
        NetworkDescription found = json is null ? Describe(network) : ParseDescription(file, json, isOnnx: true);
        if (found.OutputName is not null || (json is not null && found.Output is not null))
        {
            network = OnnxNetwork.Load(file, found.OutputName, found.Output);
        }

        if ((found.Model.Channels, found.Model.Classes) != (network.Channels, network.Classes))
        {
            throw new CheckpointException($"{file}: its description of the network is damaged.");
        }

        found = found with { Model = Settings(network), Size = network.FixedSize ?? found.Size };
        NetworkDescription description = describe?.Invoke(found) ?? found;
        if (description.Model != found.Model || (network.FixedSize is { } size && description.Size != size))
        {
            throw new CheckpointException(
                $"{file}: an ONNX file holds its network and, where that is fixed, the size of images; leave them as "
                    + "they are.");
        }

        if ((description.OutputName, description.Output) != (found.OutputName, found.Output))
        {
            network = OnnxNetwork.Load(file, description.OutputName, description.Output);
            description = description with
            {
                Model = Settings(network),
                Output = description.Output ?? FindOutputKind(network, description),
            };
        }

        return new TrainedNetwork(network, RequireSense(file, description))
        {
            Assumed = json is not null ? [] : [.. description.NotInStateDict().Where(IsUnstated)],
        };

        bool IsUnstated(string setting) => setting switch
        {
            nameof(NetworkDescription.Size) => network.FixedSize is null,
            nameof(NetworkDescription.Input) => found.Input is null,
            _ => true,
        };

        static ModelSettings Settings(OnnxNetwork network) =>
            new(OnnxNetwork.ModelName, network.Channels, network.Classes);

        static NetworkDescription Describe(OnnxNetwork network)
        {
            NetworkDescription description = NetworkDescription.CreateDefault(Settings(network)) with
            {
                Normalization = network.IsSaliency ? Normalization.Saliency : Normalization.Unit,
                Input = network.IsSaliency ? null : network.InputValues,
                Size = network.FixedSize,
            };
            return description with { Output = FindOutputKind(network, description) };
        }
    }

    /// <summary>What a network's values mean, by the file's operations or else by its values for a picture.</summary>
    private static OutputKind? FindOutputKind(OnnxNetwork network, NetworkDescription description)
    {
        OutputKind kind = network.OutputKind ?? OutputProbe.FindKind(network, description);
        return kind == OutputKind.Logits ? null : kind;
    }

    /// <summary>The description, with masks for as many classes as there are.</summary>
    private static NetworkDescription RequireSense(string file, NetworkDescription description)
    {
        if (description.Input?.IsValid(description.Model.Channels) == false)
        {
            throw new CheckpointException(
                $"{file}: the numbers for its input make no sense: {description.Input.Describe()}, for "
                + $"{description.Model.Channels} channels.")
            {
                Settings = [nameof(NetworkDescription.Input)],
            };
        }

        return description.Masks.Classes == description.Channels
            ? description
            : description with { Masks = NetworkDescription.CreateDefaultMasks(description.Channels) };
    }

    private static TrainedNetwork Create(
        string file,
        IReadOnlyList<StoredTensor> tensors,
        NetworkDescription description,
        Func<NetworkDescription, NetworkDescription>? describe)
    {
        description = RequireSense(file, describe?.Invoke(description) ?? description);
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

    private static NetworkDescription ParseDescription(string file, string json, bool isOnnx = false)
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
                && (description.Model.GetError() is null
                    || (isOnnx && description.Model.Model == OnnxNetwork.ModelName))
                && description.Output is null or (>= OutputKind.Logits and <= OutputKind.MultiLabel)
                && description.Input?.IsValid(description.Model.Channels) != false
                && description.Masks.Classes == description.Channels
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
