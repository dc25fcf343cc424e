using System.Diagnostics;
using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Optimizers;

namespace UNetSharp.Training;

/// <summary>
/// Trains a network on pairs of images and masks: for every epoch a pass over the training pairs, then Dice on the
/// validation pairs; the best and the last weights stay in the run's folder. A run that was broken off, however it was,
/// goes on to the same weights, to the bit, as one that was not.
/// </summary>
public sealed class Trainer
{
    private const string ChangedContents =
        "images or masks have been changed since the run began: it goes on with the new ones, but what it has learned "
        + "of the old ones stays, and scores before and after are not of the same masks.";

    private const string NoGradient = "A gradient was no number any more";

    // How much work a broken run may lose.
    private static readonly TimeSpan SavePeriod = TimeSpan.FromMinutes(2);

    private readonly TrainingSettings _settings;
    private readonly DataReport _report;
    private readonly RunFolder _run;
    private readonly Peers _peers;
    private readonly Split _split;
    private readonly SampleReader _reader;
    private readonly AugmentationSettings _augmentation;
    private readonly Stopwatch _clock = new();
    private readonly LearningWatch _watch;
    private TrainingState _state;
    private long _imagesDone;
    private TimeSpan _savedAt;
    private double? _validationDice;
    private string? _changes;
    private TrainingProgress _lastStep;

    /// <summary>Prepares a run.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="report">The data set, looked at before.</param>
    /// <param name="read">Decodes an image file.</param>
    /// <param name="run">Where to leave the results.</param>
    /// <param name="cache">Keeps images in memory, which changes no result; null to read them in every epoch.</param>
    /// <param name="peers">The processes that train together; null for this one alone.</param>
    /// <exception cref="DataException">The data set cannot be trained on.</exception>
    /// <exception cref="ArgumentException">The augmentation cannot be read.</exception>
    public Trainer(
        TrainingSettings settings,
        DataReport report,
        PictureReader read,
        RunFolder run,
        SampleCache? cache = null,
        Peers? peers = null)
    {
        report.ThrowIfUnusable();
        (_settings, _report, _run, _peers) = (settings, report, run, peers ?? Peers.None);
        _split = Split.Create(report.Folder.Pairs, settings.Validation, settings.Seed);
        _reader = new SampleReader(
            read, report.Classes!, settings.Model.Channels, settings.Size, report.Brightness, cache);
        _augmentation = AugmentationCatalog.Parse(settings.Augmentation);
        _watch = new LearningWatch(settings);
        _state = TrainingState.CreateInitial("");
    }

    /// <summary>Dice of the best weights on the validation images; null without any.</summary>
    public double? BestDice => _state.BestDice;

    /// <summary>Lowest mean loss of an epoch; null before the first epoch is done.</summary>
    public double? BestLoss => _state.BestLoss;

    /// <summary>Trains until all epochs are done, or until it is cancelled, from which it can go on later.</summary>
    /// <param name="progress">Is called for every step and every epoch.</param>
    /// <param name="cancellation">Ends training after the current step.</param>
    /// <returns>Whether all epochs were done.</returns>
    /// <exception cref="TrainingException">The loss is no number any more, or results cannot be written.</exception>
    public bool Run(Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        Write(run => run.SaveSettings(_settings));
        using CpuDevice device = new(_settings.Threads);
        using Learner learner = new(_settings, device, _peers);
        Network judged = learner.Average ?? learner.Network;
        using Validation validation = new(judged, _split.Validation, _reader, _report.Classes!.ClassCount, device);
        NetworkDescription description = new(_settings.Model, _report.Classes, _settings.Size)
        {
            Brightness = _report.Brightness,
        };
        TrainedNetwork trained = new(judged, description);
        _state = _run.LoadState(_split, learner.Network, learner.Optimizer, learner.Average);
        string contents = _report.ComputeFingerprint();
        _changes = (_state.Contents ?? contents) == contents ? null : ChangedContents;
        _state = _state with { Contents = contents };
        _clock.Start();
        if (_state.Epoch > _settings.Epochs)
        {
            // Whoever goes on with a run that is done gets its report, which may not have been written.
            progress(CreateProgress(isEpochDone: true) with
            {
                Epoch = _settings.Epochs,
                ValidationDice = _state.BestDice,
                Validation = validation.Evaluate(),
            });
        }

        while (_state.Epoch <= _settings.Epochs && !ShouldStopEarly)
        {
            if (!TrainEpoch(learner, progress, cancellation))
            {
                Save(learner);
                return false;
            }

            ValidationResult? result = validation.Evaluate();
            _validationDice = result?.MeanDice;
            bool isBest = IsBest();
            RequireFiniteGradients(learner);
            TrainingProgress done = CreateProgress(isEpochDone: true) with { Validation = result };
            done = done with { Warning = _watch.FindWarning(done) };
            Write(run => run.SaveEpoch(trained, isBest, done));
            _state = CreateNextEpochState(isBest);
            Save(learner);
            progress(done);
            if (_state.Epoch <= _settings.Epochs && _peers.Any(cancellation.IsCancellationRequested))
            {
                return false;
            }
        }

        return true;
    }

    private double MeanLoss => _state.LossSum / _state.Images;

    private EpochShare Share => new(_peers.Rank, _peers.Count);

    private int EpochImages => Share.CountImages(_split.Training.Count);

    private int Steps => (EpochImages + _settings.BatchSize - 1) / _settings.BatchSize;

    private TimeSpan Elapsed => TimeSpan.FromSeconds(_state.Seconds) + _clock.Elapsed;

    private bool ShouldStopEarly => _state.EpochsWithoutImprovement >= (_settings.Patience ?? int.MaxValue);

    private double RateFactor
    {
        get
        {
            int stepsOfEpoch = (Steps + _settings.AccumulationSteps - 1) / _settings.AccumulationSteps;
            return _settings.Rate.Factor(_state.OptimizerSteps, stepsOfEpoch, _settings.Epochs, _state.Plateaus);
        }
    }

    private bool TrainEpoch(Learner learner, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        LoaderSettings settings = new(_settings.BatchSize, _settings.Crop, _augmentation, _settings.Seed)
        {
            InputSide = learner.Network.InputSide,
            Share = Share,
            ClassWeights = _settings.UsesWeightMap ? WeightMap.ComputeClassWeights(_report.ClassShares) : null,
        };
        TimeSpan start = _clock.Elapsed;
        _lastStep = new TrainingProgress { LearningRate = learner.Optimizer.LearningRate };
        using Loader loader = new(_split.Training, _reader, settings, _state.Epoch, _state.Step);
        foreach (Batch batch in loader.Batches())
        {
            float loss = learner.Accumulate(batch, ((long)_state.Epoch * Steps) + _state.Step);
            int images = batch.Names.Count;
            bool isStep = (_state.Step + 1) % _settings.AccumulationSteps == 0 || _state.Step + 1 == Steps;
            if (!float.IsFinite(loss) || (isStep && !learner.Step(RateFactor)))
            {
                throw CreateDivergedException(
                    float.IsFinite(loss) ? NoGradient : $"The loss became {loss}", batch.Names);
            }

            _imagesDone += images;
            IReadOnlyList<(string Name, float Value)> terms = learner.Terms;
            _state = _state with
            {
                Step = _state.Step + 1,
                Images = _state.Images + images,
                LossSum = _state.LossSum + (loss * images),
                TermSums =
                [
                    .. terms.Select((term, i) => _state.TermSums.ElementAtOrDefault(i) + ((double)term.Value * images)),
                ],
                OptimizerSteps = learner.Optimizer.StepCount,
            };
            _lastStep = new TrainingProgress
            {
                BatchLoss = loss,
                LossTerms = terms,
                MeanLossTerms = [.. terms.Zip(_state.TermSums, (term, sum) => (term.Name, sum / _state.Images))],
                LearningRate = learner.Optimizer.LearningRate,
                WaitShare = loader.WaitTime / (_clock.Elapsed - start),
            };
            progress(CreateProgress(isEpochDone: false) with { Warning = _changes });
            _changes = null;

            // Gradients that wait for others are not part of the state; and after its last step an epoch is brought to
            // its end, so that its line of the log is whole.
            if (!isStep || _state.Step == Steps)
            {
                continue;
            }

            if (_peers.Any(cancellation.IsCancellationRequested))
            {
                return false;
            }

            if (_clock.Elapsed - _savedAt > SavePeriod)
            {
                Save(learner);
            }
        }

        return true;
    }

    private bool IsBest() => _settings.BestBy == BestBy.TrainingLoss
        ? BestLoss is null || MeanLoss < BestLoss
        : _validationDice is null || BestDice is null || _validationDice > BestDice;

    private TrainingState CreateNextEpochState(bool isBest)
    {
        int waited = isBest ? 0 : _state.EpochsSincePlateau + 1;
        bool isPlateau = waited > _settings.Rate.Patience;
        return _state with
        {
            Epoch = _state.Epoch + 1,
            Step = 0,
            Images = 0,
            LossSum = 0,
            TermSums = [],
            BestDice = isBest ? _validationDice : BestDice,
            BestLoss = BestLoss is { } best && best < MeanLoss ? best : MeanLoss,
            EpochsWithoutImprovement = isBest ? 0 : _state.EpochsWithoutImprovement + 1,
            EpochsSincePlateau = isPlateau ? 0 : waited,
            Plateaus = _state.Plateaus + (isPlateau ? 1 : 0),
        };
    }

    private void RequireFiniteGradients(Learner learner)
    {
        if (!learner.AreGradientsFinite)
        {
            throw CreateDivergedException(NoGradient, []);
        }
    }

    private TrainingException CreateDivergedException(string what, IReadOnlyList<string> images) => new(
        $"{what} in epoch {_state.Epoch}, step {_state.Step + 1}"
        + (images.Count > 0 ? $" (images {string.Join(", ", images)})" : "")
        + ". The weights of the epochs before it are kept. Try a smaller learning rate, or limit the gradient to 1.")
    {
        Settings = [nameof(OptimizerSettings.LearningRate), nameof(TrainingSettings.ClipNorm)],
    };

    private void Save(Learner learner)
    {
        RequireFiniteGradients(learner);
        _savedAt = _clock.Elapsed;
        TrainingState state = _state with { Seconds = Elapsed.TotalSeconds };
        Write(run => run.SaveState(state, learner.Network, learner.Optimizer, learner.Average));
    }

    /// <summary>Writes to the run's folder, which one of the peers does.</summary>
    private void Write(Action<RunFolder> write)
    {
        if (_peers.Rank == 0)
        {
            write(_run);
        }
    }

    private TrainingProgress CreateProgress(bool isEpochDone)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        long imagesLeft = ((long)(_settings.Epochs - _state.Epoch + 1) * EpochImages) - _state.Images;
        return _lastStep with
        {
            Epoch = _state.Epoch,
            Epochs = _settings.Epochs,
            Step = _state.Step,
            Steps = Steps,
            Loss = MeanLoss,
            ValidationDice = _validationDice,
            ImagesPerSecond = _imagesDone / seconds,
            TimeLeft = TimeSpan.FromSeconds(seconds / Math.Max(1, _imagesDone) * imagesLeft),
            IsEpochDone = isEpochDone,
            Elapsed = Elapsed,
        };
    }
}
