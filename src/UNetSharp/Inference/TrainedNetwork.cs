using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Models;

namespace UNetSharp.Inference;

/// <summary>What a network is and how it sees images; saved with its weights.</summary>
/// <param name="Model">The network.</param>
/// <param name="Masks">What its result means.</param>
/// <param name="Size">The size to which images were brought in training, or null if they were used as they are.</param>
public sealed record NetworkDescription(ModelSettings Model, MaskClasses Masks, PictureSize? Size);

/// <summary>A network with its weights and its description: all that prediction needs, in one file.</summary>
/// <param name="Network">The network.</param>
/// <param name="Description">What it is.</param>
public sealed record TrainedNetwork(Network Network, NetworkDescription Description)
{
    private const string MetadataKey = "unetsharp";
    private const string BestName = "best.safetensors";
    private const int MostSide = 1 << 15;

    /// <summary>Saves weights and description in the safetensors format.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path) => SafetensorsWriter.Write(
        path,
        StateDict.Of(Network),
        new Dictionary<string, string> { [MetadataKey] = JsonSerializer.Serialize(Description) });

    /// <summary>Loads a network.</summary>
    /// <param name="path">A file, or the folder of a run, of which the best weights are taken.</param>
    /// <exception cref="CheckpointException">The file is missing, damaged or not one of ours.</exception>
    public static TrainedNetwork Load(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, BestName) : path;
        if (!File.Exists(file))
        {
            throw new CheckpointException(file == path
                ? $"{path}: there is no such file or run."
                : $"{path}: holds no {BestName}; is it the folder of a training run?");
        }

        (IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsReader.Read(file);
        NetworkDescription description = Describe(file, metadata);
        Network network = ModelCatalog.Create(description.Model);
        StateDict.Load(network, tensors, file);
        return new TrainedNetwork(network, description);
    }

    private static NetworkDescription Describe(string file, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new CheckpointException($"{file}: does not say which network it is for; it was not written by UNetSharp.");
        }

        try
        {
            NetworkDescription? description = JsonSerializer.Deserialize<NetworkDescription>(json);
            if (description is
                {
                    Model: not null,
                    Masks.ClassOfValue: not null,
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
