using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Execution;
using UNetSharp.Inference;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// Trains a network on pairs of images and masks: for every epoch a pass over the training pairs, then Dice on the
/// validation pairs; the best and the last weights stay in the run's folder.
/// </summary>
public sealed class Trainer
{
    private readonly TrainingSettings _settings;
    private readonly DataReport _report;
    private readonly RunFolder _run;
    private readonly Split _split;
    private readonly SampleReader _reader;
    private readonly AugmentationSettings _augmentation;
    private readonly Stopwatch _clock = new();
    private long _imagesDone;
    private double? _validationDice;

    /// <summary>Prepares a run.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="report">The data set, looked at before.</param>
    /// <param name="read">Decodes an image file.</param>
    /// <param name="run">Where to leave the results.</param>
    /// <exception cref="DataException">The data set cannot be trained on.</exception>
    /// <exception cref="ArgumentException">The augmentation cannot be read.</exception>
    public Trainer(TrainingSettings settings, DataReport report, PictureReader read, RunFolder run)
    {
        report.ThrowIfUnusable();
        (_settings, _report, _run) = (settings, report, run);
        _split = Split.ByShare(report.Folder.Pairs, settings.ValidationShare, settings.Seed);
        _reader = new SampleReader(read, report.Classes!, settings.Model.Channels, settings.Size);
        _augmentation = AugmentationCatalog.Parse(settings.Augmentation);
    }

    /// <summary>Dice of the best weights on the validation images; null without any.</summary>
    public double? BestDice { get; private set; }

    /// <summary>Trains until all epochs are done, or until it is cancelled; the weights of whole epochs are saved.</summary>
    /// <param name="progress">Is told of every step and every epoch.</param>
    /// <param name="cancellation">Ends training after the current step.</param>
    /// <returns>Whether all epochs were done.</returns>
    /// <exception cref="TrainingException">The loss is no number any more, or results cannot be written.</exception>
    public bool Run(Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        _run.SaveSettings(_settings);
        using Workers workers = new(_settings.Threads);
        Network network = ModelCatalog.Create(_settings.Model, _settings.Seed);
        Loss loss = LossCatalog.Create(_settings.Loss, network.Classes);
        Optimizer optimizer = OptimizerCatalog.Create(_settings.Optimizer, network.Parameters());
        using TrainingStep step = new(network, loss, optimizer, workers, _settings.IsExact);
        using Validation validation = new(network, _split.Validation, _reader, _report.Classes!.ClassCount, workers);
        var trained = new TrainedNetwork(
            network, new NetworkDescription(_settings.Model, _report.Classes, _settings.Size));
        _clock.Start();
        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            if (TrainEpoch(epoch, step, progress, cancellation) is not { } meanLoss)
            {
                return false;
            }

            _validationDice = validation.Dice();
            bool isBest = _validationDice is null || BestDice is null || _validationDice > BestDice;
            BestDice = isBest ? _validationDice : BestDice;
            TrainingProgress done = Progress(epoch, Steps, meanLoss, isEpochDone: true);
            _run.SaveEpoch(trained, isBest, done, _clock.Elapsed);
            progress(done);
        }

        return true;
    }

    private int Steps => (_split.Training.Count + _settings.BatchSize - 1) / _settings.BatchSize;

    private double? TrainEpoch(
        int epoch, TrainingStep step, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        LoaderSettings settings = new(_settings.BatchSize, _settings.Crop, _augmentation, _settings.Seed);
        using Loader loader = new(_split.Training, _reader, settings, epoch);
        double lossSum = 0;
        int images = 0;
        int steps = 0;
        foreach (Batch batch in loader.Batches())
        {
            float loss = step.Run(batch.Images, batch.Masks);
            if (!float.IsFinite(loss))
            {
                throw new TrainingException($"The loss became {loss} in epoch {epoch}, step {steps + 1} (images "
                    + $"{string.Join(", ", batch.Names)}). Try a smaller --lr.");
            }

            images += batch.Names.Count;
            _imagesDone += batch.Names.Count;
            lossSum += loss * batch.Names.Count;
            progress(Progress(epoch, ++steps, lossSum / images, isEpochDone: false));
            if (cancellation.IsCancellationRequested)
            {
                return null;
            }
        }

        return lossSum / images;
    }

    private TrainingProgress Progress(int epoch, int step, double loss, bool isEpochDone)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        long imagesLeft = ((long)_settings.Epochs * _split.Training.Count) - _imagesDone;
        return new TrainingProgress(
            epoch,
            _settings.Epochs,
            step,
            Steps,
            loss,
            _validationDice,
            _imagesDone / seconds,
            TimeSpan.FromSeconds(seconds / _imagesDone * imagesLeft),
            isEpochDone);
    }
}
