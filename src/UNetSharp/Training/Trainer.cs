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
/// validation pairs; the best and the last weights stay in the run's folder. A run that was broken off, however it was, goes on to
/// the same weights, to the bit, as one that was not.
/// </summary>
public sealed class Trainer
{
    // How much work a broken run may lose.
    private static readonly TimeSpan SavePeriod = TimeSpan.FromMinutes(2);

    private readonly TrainingSettings _settings;
    private readonly DataReport _report;
    private readonly RunFolder _run;
    private readonly Split _split;
    private readonly SampleReader _reader;
    private readonly AugmentationSettings _augmentation;
    private readonly string[] _lossTerms;
    private readonly Stopwatch _clock = new();
    private TrainingState _state;
    private long _imagesDone;
    private TimeSpan _savedAt;
    private double? _validationDice;
    private TrainingProgress _lastStep;

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
        _lossTerms = [.. LossCatalog.Parse(settings.Loss).Select(term => term.Name)];
        _state = TrainingState.Start("");
    }

    /// <summary>Dice of the best weights on the validation images; null without any.</summary>
    public double? BestDice => _state.BestDice;

    /// <summary>Trains until all epochs are done, or until it is cancelled, from which it can go on later.</summary>
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
        _state = _run.StateOf(_split, network, optimizer);
        _clock.Start();
        while (_state.Epoch <= _settings.Epochs)
        {
            if (!TrainEpoch(step, () => Save(network, optimizer), progress, cancellation))
            {
                Save(network, optimizer);
                return false;
            }

            ValidationResult? result = validation.Run();
            _validationDice = result?.MeanDice;
            bool isBest = _validationDice is null || BestDice is null || _validationDice > BestDice;
            TrainingProgress done = Progress(isEpochDone: true) with { Validation = result };
            _run.SaveEpoch(trained, isBest, done);
            _state = _state with
            {
                Epoch = _state.Epoch + 1,
                Step = 0,
                Images = 0,
                LossSum = 0,
                BestDice = isBest ? _validationDice : BestDice,
            };
            Save(network, optimizer);
            progress(done);
        }

        return true;
    }

    private int Steps => (_split.Training.Count + _settings.BatchSize - 1) / _settings.BatchSize;

    private TimeSpan Elapsed => TimeSpan.FromSeconds(_state.Seconds) + _clock.Elapsed;

    private bool TrainEpoch(
        TrainingStep step, Action save, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        LoaderSettings settings = new(_settings.BatchSize, _settings.Crop, _augmentation, _settings.Seed);
        TimeSpan start = _clock.Elapsed;
        _lastStep = new TrainingProgress { LearningRate = step.LearningRate };
        using Loader loader = new(_split.Training, _reader, settings, _state.Epoch, _state.Step);
        foreach (Batch batch in loader.Batches())
        {
            float loss = step.Run(batch.Images, batch.Masks);
            if (!float.IsFinite(loss))
            {
                throw new TrainingException($"The loss became {loss} in epoch {_state.Epoch}, step {_state.Step + 1} (images "
                    + $"{string.Join(", ", batch.Names)}). Try a smaller --lr.");
            }

            int images = batch.Names.Count;
            _imagesDone += images;
            _state = _state with
            {
                Step = _state.Step + 1,
                Images = _state.Images + images,
                LossSum = _state.LossSum + (loss * images),
                OptimizerSteps = _state.OptimizerSteps + 1,
            };
            _lastStep = new TrainingProgress
            {
                BatchLoss = loss,
                LossTerms = [.. _lossTerms.Zip(step.Terms)],
                LearningRate = step.LearningRate,
                WaitShare = loader.Waited / (_clock.Elapsed - start),
            };
            progress(Progress(isEpochDone: false));
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }

            if (_clock.Elapsed - _savedAt > SavePeriod)
            {
                save();
            }
        }

        return true;
    }

    private void Save(Network network, Optimizer optimizer)
    {
        _savedAt = _clock.Elapsed;
        _run.SaveState(_state with { Seconds = Elapsed.TotalSeconds }, network, optimizer);
    }

    private TrainingProgress Progress(bool isEpochDone)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        long imagesLeft = ((long)(_settings.Epochs - _state.Epoch + 1) * _split.Training.Count) - _state.Images;
        return _lastStep with
        {
            Epoch = _state.Epoch,
            Epochs = _settings.Epochs,
            Step = _state.Step,
            Steps = Steps,
            Loss = _state.LossSum / _state.Images,
            ValidationDice = _validationDice,
            ImagesPerSecond = _imagesDone / seconds,
            TimeLeft = TimeSpan.FromSeconds(seconds / Math.Max(1, _imagesDone) * imagesLeft),
            IsEpochDone = isEpochDone,
            Elapsed = Elapsed,
        };
    }
}
