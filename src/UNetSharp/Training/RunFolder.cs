using System.Globalization;
using System.Text;
using System.Text.Json;
using UNetSharp.Inference;
using UNetSharp.Interop;

namespace UNetSharp.Training;

/// <summary>
/// What training leaves behind: best.safetensors and last.safetensors (the weights with the best validation Dice and
/// the newest), config.json (the settings) and log.csv (a line for each epoch). Every file is whole at any time.
/// </summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };
    private readonly string _path;
    private readonly StringBuilder _log = new("epoch,loss,validation_dice,images_per_second,seconds\n");

    /// <summary>Makes the folder if it is not there.</summary>
    /// <exception cref="TrainingException">It cannot be made, or holds a run already.</exception>
    public RunFolder(string path)
    {
        _path = path;
        if (File.Exists(Path.Combine(path, "last.safetensors")))
        {
            throw new TrainingException($"{path}: holds a training run already. Name another folder, or remove this one.");
        }

        Guard(() => Directory.CreateDirectory(path));
    }

    /// <summary>Saves the settings for people to read.</summary>
    public void SaveSettings(TrainingSettings settings) =>
        WriteText("config.json", JsonSerializer.Serialize(settings, Readable) + "\n");

    /// <summary>Saves the weights after an epoch, and a line of the log.</summary>
    /// <param name="network">The network as it is now.</param>
    /// <param name="isBest">Whether its validation Dice is the best so far.</param>
    /// <param name="progress">The epoch's figures.</param>
    /// <param name="elapsed">Time since the start.</param>
    public void SaveEpoch(TrainedNetwork network, bool isBest, TrainingProgress progress, TimeSpan elapsed)
    {
        network.Save(Path.Combine(_path, "last.safetensors"));
        if (isBest)
        {
            network.Save(Path.Combine(_path, "best.safetensors"));
        }

        _log.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Epoch},{progress.Loss:g7},{progress.ValidationDice:g6},{progress.ImagesPerSecond:f2},{elapsed.TotalSeconds:f1}"));
        WriteText("log.csv", _log.ToString());
    }

    private void WriteText(string name, string text) => Guard(() => AtomicFile.WriteText(Path.Combine(_path, name), text));

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
