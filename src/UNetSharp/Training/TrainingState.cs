using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// Where a run stands between two steps. With the weights and what the optimizer remembers it is all that further steps depend
/// on: batches follow from seed, epoch and the names of images alone.
/// </summary>
/// <param name="Data">Fingerprint of the images' names, see <see cref="FingerprintOf"/>.</param>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Step">Steps done in it.</param>
/// <param name="Images">Images seen in it.</param>
/// <param name="LossSum">Sum of their losses.</param>
/// <param name="OptimizerSteps">Steps of the optimizer in all epochs.</param>
/// <param name="BestDice">Dice of the best weights; null without any.</param>
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
    double Seconds,
    string Log)
{
    private const string MetadataKey = "training";
    private const string OptimizerPrefix = "optimizer.";

    /// <summary>The state before the first step.</summary>
    public static TrainingState Start(string data) => new(data, 1, 0, 0, 0, 0, null, 0, "");

    /// <summary>A fingerprint of the images that are trained on and validated with.</summary>
    public static string FingerprintOf(Split split)
    {
        IEnumerable<string> names = split.Training.Select(pair => pair.Name)
            .Append("").Concat(split.Validation.Select(pair => pair.Name));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));
    }

    /// <summary>Writes the state with weights and optimizer; an older one stays until the new one is whole.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path, Network network, Optimizer optimizer) => SafetensorsWriter.Write(
        path,
        [.. StateDict.Of(network), .. optimizer.State().Select(t => t with { Name = OptimizerPrefix + t.Name })],
        new Dictionary<string, string> { [MetadataKey] = JsonSerializer.Serialize(this) });

    /// <summary>Reads a state, and puts weights and optimizer into it.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of another network.</exception>
    public static TrainingState Load(string path, Network network, Optimizer optimizer)
    {
        (IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsReader.Read(path);
        ILookup<bool, StoredTensor> byOwner = tensors.ToLookup(t => t.Name.StartsWith(OptimizerPrefix, StringComparison.Ordinal));
        TrainingState state = Parsed(path, metadata.GetValueOrDefault(MetadataKey));
        StateDict.Load(network, [.. byOwner[false]], path);
        optimizer.Restore(
            [.. byOwner[true].Select(t => t with { Name = t.Name[OptimizerPrefix.Length..] })], state.OptimizerSteps, path);
        return state;
    }

    private static TrainingState Parsed(string path, string? json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(json ?? "null") is { Epoch: > 0, Step: >= 0, OptimizerSteps: >= 0 } s
                ? s
                : throw new CheckpointException($"{path}: is no state of a training run.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: is no state of a training run: {e.Message}", e);
        }
    }
}
