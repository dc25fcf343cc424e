using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// Where a run stands between two steps. With the weights and what the optimizer remembers it is all that further steps
/// depend on: batches follow from seed, epoch and the names of images alone.
/// </summary>
/// <param name="Data">Fingerprint of the images' names, see <see cref="ComputeFingerprint"/>.</param>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Step">Steps done in it.</param>
/// <param name="Images">Images seen in it.</param>
/// <param name="LossSum">Sum of their losses.</param>
/// <param name="OptimizerSteps">Steps of the optimizer in all epochs.</param>
/// <param name="BestDice">Dice of the best weights; null without any.</param>
/// <param name="EpochsWithoutImprovement">Epochs since then.</param>
/// <param name="EpochsSincePlateau">Epochs since then, or since the learning rate was lowered.</param>
/// <param name="Plateaus">How often it was lowered.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="Log">Lines of log.csv.</param>
internal sealed record TrainingState(
    string Data,
    int Epoch,
    int Step,
    int Images,
    double LossSum,
    int OptimizerSteps,
    double? BestDice,
    [property: JsonPropertyName("Stale")] int EpochsWithoutImprovement,
    [property: JsonPropertyName("Waited")] int EpochsSincePlateau,
    int Plateaus,
    double Seconds,
    string Log)
{
    private const string MetadataKey = "training";
    private const string OptimizerPrefix = "optimizer.";
    private const string AveragePrefix = "average.";

    /// <summary>Sums of the terms of the loss over the images of the current epoch.</summary>
    public IReadOnlyList<double> TermSums { get; init; } = [];

    /// <summary>Fingerprint of the images and masks themselves; null in states of older versions.</summary>
    public string? Contents { get; init; }

    /// <summary>Lowest mean loss of an epoch so far; null before the first epoch is done.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The state before the first step.</summary>
    public static TrainingState CreateInitial(string data) => new(data, 1, 0, 0, 0, 0, null, 0, 0, 0, 0, "");

    /// <summary>A fingerprint of the images that are trained on and validated with.</summary>
    public static string ComputeFingerprint(Split split)
    {
        IEnumerable<string> names = split.Training.Select(pair => pair.Name)
            .Append("").Concat(split.Validation.Select(pair => pair.Name));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));
    }

    /// <summary>Writes the state with weights and optimizer; an older one stays until the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The weights.</param>
    /// <param name="optimizer">What it remembers.</param>
    /// <param name="average">Their average, or null.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path, Network network, Optimizer optimizer, Network? average) => SafetensorsWriter.Write(
        path,
        [
            .. StateDict.FromModule(network),
            .. AddPrefix(OptimizerPrefix, OptimizerStateDict.FromOptimizer(optimizer)),
            .. average is null ? [] : AddPrefix(AveragePrefix, StateDict.FromModule(average)),
        ],
        new Dictionary<string, string> { [MetadataKey] = JsonSerializer.Serialize(this) });

    /// <summary>Reads a state, and puts weights and optimizer into it.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of another network.</exception>
    public static TrainingState Load(string path, Network network, Optimizer optimizer, Network? average)
    {
        (IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) =
            SafetensorsReader.Read(path);
        ILookup<string, StoredTensor> byOwner = tensors.ToLookup(GetPrefix);
        TrainingState state = Parse(path, metadata.GetValueOrDefault(MetadataKey));
        StateDict.Load(network, [.. byOwner[""]], path);
        OptimizerStateDict.Load(
            optimizer, [.. byOwner[OptimizerPrefix].Select(RemovePrefix)], state.OptimizerSteps, path);
        if (average is not null)
        {
            StateDict.Load(average, [.. byOwner[AveragePrefix].Select(RemovePrefix)], path);
        }

        return state;
    }

    private static IEnumerable<StoredTensor> AddPrefix(string prefix, IEnumerable<StoredTensor> tensors) =>
        tensors.Select(tensor => tensor with { Name = prefix + tensor.Name });

    private static string GetPrefix(StoredTensor tensor) =>
        new[] { OptimizerPrefix, AveragePrefix }.FirstOrDefault(
            p => tensor.Name.StartsWith(p, StringComparison.Ordinal), "");

    private static StoredTensor RemovePrefix(StoredTensor tensor) =>
        tensor with { Name = tensor.Name[GetPrefix(tensor).Length..] };

    private static TrainingState Parse(string path, string? json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(json ?? "null")
                is { Epoch: > 0, Step: >= 0, OptimizerSteps: >= 0 } s
                ? s
                : throw new CheckpointException($"{path}: is no state of a training run.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: is no state of a training run: {e.Message}", e);
        }
    }
}
