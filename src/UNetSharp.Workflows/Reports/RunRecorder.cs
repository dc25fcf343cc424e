using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Metrics;
using UNetSharp.Training;
using UNetSharp.Training.TensorBoard;

namespace UNetSharp.Workflows;

/// <summary>
/// Leaves in a run's folder what people look at: event files for TensorBoard, and a page after every epoch. Where
/// epochs are so short that pictures would take more than a twentieth of the time, some epochs are left without.
/// </summary>
internal sealed class RunRecorder(
    string folder, TrainingSettings settings, MaskClasses masks, string? nextSteps) : IDisposable
{
    /// <summary>Name of the page in the run's folder.</summary>
    public const string PageName = "report.html";

    private const int MinPause = 20; // times what the pictures took

    private readonly Stopwatch _sincePictures = new();
    private readonly List<string> _warnings = [];
    private TimeSpan _timeOfPictures;
    private EventFile? _events;
    private TrainingProgress? _lastEpoch;

    /// <summary>Records a step or an epoch.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public void Add(TrainingProgress progress)
    {
        _events ??= new EventFile(folder, progress.TotalSteps);
        _warnings.AddRange(progress.Warning is { } warning ? [warning] : []);
        if (!progress.IsEpochDone)
        {
            _events.AddScalars(progress.TotalSteps, StepScalars(progress));
            return;
        }

        _lastEpoch = progress;
        if (progress.Validation is { } validation)
        {
            _events.AddScalars(progress.TotalSteps, ValidationScalars(validation));
        }

        if (!_sincePictures.IsRunning || _sincePictures.Elapsed > MinPause * _timeOfPictures)
        {
            _sincePictures.Restart();
            AddPictures(progress);
            WritePage(progress, "training was still going on when this was written");
            _timeOfPictures = _sincePictures.Elapsed;
        }
    }

    /// <summary>Says on the page how training ended. Where no epoch was done, an older page stays.</summary>
    /// <param name="end">How it ended, in words.</param>
    public void Finish(string end)
    {
        if (_lastEpoch is { } last)
        {
            WritePage(last, end);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _events?.Dispose();

    private static IEnumerable<(string Tag, double Value)> StepScalars(TrainingProgress progress) =>
    [
        ("train/loss", progress.BatchLoss),
        .. progress.LossTerms.Select(term => ($"train/{term.Name}", (double)term.Value)),
        ("train/learning_rate", progress.LearningRate),
        ("train/images_per_second", progress.ImagesPerSecond),
        ("train/wait_share", progress.WaitShare),
    ];

    private static IEnumerable<(string Tag, double Value)> ValidationScalars(ValidationResult validation)
    {
        ConfusionMatrix pooled = validation.Pooled;
        yield return ("validation/dice", validation.MeanDice);
        yield return ("validation/iou", pooled.MeanForegroundIoU);
        yield return ("validation/precision", pooled.MeanForegroundPrecision);
        yield return ("validation/recall", pooled.MeanForegroundRecall);
        yield return ("validation/pixel_accuracy", pooled.PixelAccuracy);
        for (int k = 1; k < pooled.Classes && pooled.Classes > 2; k++)
        {
            yield return ($"validation/dice_class_{k}", pooled.Dice(k));
        }
    }

    private void AddPictures(TrainingProgress progress)
    {
        foreach (ScoredPicture shown in progress.Validation?.First ?? [])
        {
            (int width, int height) = (shown.Picture.Width, shown.Picture.Height);
            byte[] rgb = ErrorOverlay.Draw(shown.Picture, shown.Truth, shown.Prediction);
            byte[] png = ImageFile.EncodeColorPng(rgb, width, height);
            _events!.AddImage(progress.TotalSteps, $"validation/{shown.Name}", png, width, height);
        }
    }

    private void WritePage(TrainingProgress progress, string state) => AtomicFile.WriteText(
        Path.Combine(folder, PageName),
        RunPage.Compose(
            folder,
            settings,
            masks,
            progress,
            string.Join("; ", [state, .. _warnings]),
            TrainingLog.Read(Path.Combine(folder, "log.csv")),
            nextSteps));
}
