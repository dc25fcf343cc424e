using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Metrics;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// What training leaves behind: best.safetensors and last.safetensors (the weights with the best validation Dice and
/// the newest), config.json (the settings), log.csv (a line for each epoch) and state.safetensors (from which a broken
/// run goes on). Every file is whole at any time.
/// </summary>
public sealed class RunFolder
{
    private const string SettingsName = "config.json";
    private const string LogHead =
        "epoch,loss,validation_dice,images_per_second,seconds,learning_rate,"
        + "validation_iou,validation_precision,validation_recall";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private readonly string _path;
    private readonly bool _isResumed;
    private string _log = "";

    /// <summary>Makes the folder if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="isResumed">Whether to go on with the run that it holds.</param>
    /// <exception cref="TrainingException">It cannot be made, holds a run already, or holds none to go on
    /// with.</exception>
    public RunFolder(string path, bool isResumed = false)
    {
        (_path, _isResumed) = (path, isResumed);
        bool isRun = IsRun(path);
        if (isRun && !isResumed)
        {
            throw new TrainingException(
                $"{path}: holds a training run already. Go on with it, name another folder, or remove this one.")
            {
                Settings = [nameof(isResumed)],
            };
        }

        if (!isRun && isResumed)
        {
            throw new TrainingException($"{path}: holds no training run (no {SettingsName}) to go on with.");
        }

        Guard(() => Directory.CreateDirectory(path));
    }

    /// <summary>Whether a folder holds a run.</summary>
    public static bool IsRun(string path) => File.Exists(Path.Combine(path, SettingsName));

    /// <summary>The settings that a run was started with.</summary>
    /// <exception cref="TrainingException">The folder holds no run, or its settings are damaged.</exception>
    public static TrainingSettings LoadSettings(string path)
    {
        string file = Path.Combine(path, SettingsName);
        if (!IsRun(path))
        {
            throw new TrainingException($"{path}: holds no training run (no {SettingsName}).");
        }

        try
        {
            TrainingSettings? settings = JsonSerializer.Deserialize<TrainingSettings>(File.ReadAllText(file));
            return settings is { Model: not null, Validation: not null }
                ? settings
                : throw new TrainingException($"{file}: is damaged: it names no network, or no validation images.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or IOException)
        {
            throw new TrainingException($"{file}: is damaged: {e.Message}");
        }
    }

    /// <summary>Saves the settings for people to read; where the run goes on, they have to be the same.</summary>
    /// <exception cref="TrainingException">They are not, or cannot be written.</exception>
    public void SaveSettings(TrainingSettings settings)
    {
        string text = JsonSerializer.Serialize(settings, Readable);
        if (_isResumed)
        {
            RequireSameSettings(JsonNode.Parse(text)!.AsObject(), GetChangeableSettings(settings));
        }

        WriteText(SettingsName, text + "\n");
    }

    /// <summary>The state of the run that goes on; the first one where there is none yet.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    /// <exception cref="TrainingException">The images are not those that the run was started with.</exception>
    internal TrainingState LoadState(Split split, Network network, Optimizer optimizer, Network? average)
    {
        string data = TrainingState.ComputeFingerprint(split);
        TrainingState state = _isResumed && File.Exists(StateFile)
            ? TrainingState.Load(StateFile, network, optimizer, average)
            : TrainingState.CreateInitial(data);
        _log = state.Log;
        return state.Data == data
            ? state
            : throw new TrainingException(
                $"{_path}: the run was started with other images. Bring them back, or start a new run.");
    }

    /// <summary>Saves what is needed to go on from here.</summary>
    internal void SaveState(TrainingState state, Network network, Optimizer optimizer, Network? average) =>
        (state with { Log = _log }).Save(StateFile, network, optimizer, average);

    /// <summary>Saves the weights after an epoch, and a line of the log.</summary>
    /// <param name="network">The network as it is now.</param>
    /// <param name="isBest">Whether its validation Dice is the best so far.</param>
    /// <param name="progress">The epoch's figures.</param>
    public void SaveEpoch(TrainedNetwork network, bool isBest, TrainingProgress progress)
    {
        network.Save(GetFile("last.safetensors"));
        if (isBest)
        {
            network.Save(GetFile("best.safetensors"));
        }

        _log += FormatLogLine(progress);
        string[] head = [LogHead, .. progress.MeanLossTerms.Select(term => $"loss_{term.Name}")];
        WriteText("log.csv", string.Join(',', head) + "\n" + _log);
    }

    private string StateFile => GetFile("state.safetensors");

    private string GetFile(string name) => Path.Combine(_path, name);

    /// <summary>What may differ where a run goes on: it does not change what was computed.</summary>
    private static string[] GetChangeableSettings(TrainingSettings settings) => settings.Rate.DependsOnEpochs
        ? [nameof(TrainingSettings.Threads)]
        : [nameof(TrainingSettings.Threads), nameof(TrainingSettings.Epochs)];

    private static string FormatLogLine(TrainingProgress progress)
    {
        ConfusionMatrix? pooled = progress.Validation?.Pooled;
        FormattableString[] columns =
        [
            $"{progress.Epoch}",
            $"{progress.Loss:g7}",
            $"{progress.ValidationDice:g6}",
            $"{progress.ImagesPerSecond:f2}",
            $"{progress.Elapsed.TotalSeconds:f1}",
            $"{progress.LearningRate:g6}",
            $"{pooled?.MeanForegroundIoU:g6}",
            $"{pooled?.MeanForegroundPrecision:g6}",
            $"{pooled?.MeanForegroundRecall:g6}",
            .. progress.MeanLossTerms.Select(term => (FormattableString)$"{term.Value:g7}"),
        ];
        return string.Join(',', columns.Select(FormattableString.Invariant)) + "\n";
    }

    private void RequireSameSettings(JsonObject settings, string[] changeable)
    {
        // Settings that were not there when the run was started have their defaults.
        JsonObject before = JsonSerializer.SerializeToNode(LoadSettings(_path))!.AsObject();
        string[] differing =
        [
            .. settings.Where(
                pair => !changeable.Contains(pair.Key) && !JsonNode.DeepEquals(pair.Value, before[pair.Key]))
                .Select(pair => $"{pair.Key} was {before[pair.Key]?.ToString() ?? "not set"}"),
        ];
        if (differing.Length > 0)
        {
            throw new TrainingException(
                $"{_path}: the run was started with other settings ({string.Join("; ", differing)}). Give the same to "
                    + "go on.");
        }
    }

    private void WriteText(string name, string text) => Guard(() => AtomicFile.WriteText(GetFile(name), text));

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{_path}: cannot be written to: {e.Message}");
        }
    }
}
