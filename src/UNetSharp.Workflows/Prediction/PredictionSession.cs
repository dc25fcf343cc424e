using System.Runtime.ExceptionServices;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>
/// One prediction: reports what large pictures take before they start, refuses those for which there is no room, counts
/// what is done and what fails.
/// </summary>
internal sealed class PredictionSession : IDisposable
{
    // Measured: libvips, and code that is compiled when it is needed first.
    private const long LaterBytes = 100L << 20;

    // What the program takes beside its plans: itself with the weights, and the rows between its threads.
    private readonly long _ownBytes = Environment.WorkingSet + LaterBytes + (2L * RowQueue.MaxBytes);
    private readonly Segmenter _segmenter;
    private readonly PredictionSettings _settings;
    private readonly PredictionOutputs _outputs;
    private readonly ObjectFiles _objects;
    private readonly Action<PredictionProgress>? _progress;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _turn = new();
    private ExceptionDispatchInfo? _error;
    private int _count;
    private int _done;
    private int _failed;

    public PredictionSession(
        Segmenter segmenter,
        PredictionSettings settings,
        PredictionOutputs outputs,
        Action<PredictionProgress>? progress,
        CancellationToken cancellation)
    {
        (_segmenter, _settings, _outputs, _progress) = (segmenter, settings, outputs, progress);
        _objects = new ObjectFiles(
            settings.Objects, settings.Output, segmenter.Masks, ImageFile.ReaderFor(segmenter.ImageChannels));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Predicts.</summary>
    /// <param name="skipped">Pictures that are done already.</param>
    /// <param name="pictures">Those that are not.</param>
    public PredictionResult Execute(InputPicture[] skipped, InputPicture[] pictures)
    {
        _count = pictures.Length;
        foreach (InputPicture picture in skipped)
        {
            Report(new PredictionProgress(PredictionState.Skipped, picture, _outputs.GetMaskPath(picture), 0, _count));
        }

        PredictionPipeline pipeline = new(_segmenter, _settings.Threshold, _stop.Token)
        {
            CreatePlan = Plan,
            OpenSinks = job => _outputs.OpenSinks(job, _segmenter, _objects),
            OnProgress = (job, tiles) =>
                Report(CreateProgress(PredictionState.Computing, job) with { TilesDone = tiles }),
            OnCompleted = Count,
        };
        pipeline.Execute(pictures);
        _error?.Throw();
        if (!_stop.IsCancellationRequested)
        {
            _objects.Complete();
        }

        return new PredictionResult(_done, skipped.Length, _failed, _stop.IsCancellationRequested);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _objects.Dispose();
        _stop.Dispose();
    }

    /// <summary>Cuts a picture, reports what it takes, and refuses it if there is no room.</summary>
    private TilePlan Plan(PredictionJob job)
    {
        TilePlan plan = _segmenter.Plan(job.Size, _settings.Segmentation);
        long disc = _outputs.MaxBytes(job.Size, _segmenter);
        long freeDisc = new DriveInfo(Path.GetFullPath(_settings.Output)).AvailableFreeSpace;
        if (disc > freeDisc)
        {
            throw new DataException($"{job.Input.Text}: the results of {job.Size} pixels may take "
                + $"{MemorySize.Format(disc)}, and {_settings.Output} has {MemorySize.Format(freeDisc)} left.");
        }

        long freeMemory = Math.Min(PictureMemory.Limit, MemorySize.GetFreeBytes() + Environment.WorkingSet);
        if (plan.MemoryBytes > freeMemory)
        {
            throw new DataException($"{job.Input.Text}: {job.Size} pixels in tiles of {plan.Tile} take "
                + $"{MemorySize.Format(plan.MemoryBytes)} of memory, and {MemorySize.Format(freeMemory)} may be used. "
                + "Use smaller tiles, or allow more memory.")
            {
                Settings = [nameof(SegmentationSettings.Tile), "Memory"],
            };
        }

        Report(CreateProgress(PredictionState.Started, job) with
        {
            Plan = plan,
            MemoryBytes = _ownBytes + plan.MemoryBytes,
            MaxDiscBytes = disc,
        });
        return plan;
    }

    private void Count(PredictionJob job)
    {
        if (job.Failure is null)
        {
            _done++;
            Report(CreateProgress(PredictionState.Done, job) with { TilesDone = job.Plan!.Count, Notes = job.Notes });
        }
        else if (job.Failure is not OperationCanceledException)
        {
            _failed++;
            Report(CreateProgress(PredictionState.Failed, job) with { Failure = job.Failure });
        }
    }

    private PredictionProgress CreateProgress(PredictionState state, PredictionJob job) =>
        new(state, job.Input, _outputs.GetMaskPath(job.Input), job.Index, _count) { Size = job.Size, Plan = job.Plan };

    /// <summary>What the caller throws ends the prediction, and not a thread of it.</summary>
    private void Report(PredictionProgress progress)
    {
        lock (_turn)
        {
            try
            {
                if (_error is null)
                {
                    _progress?.Invoke(progress);
                }
            }
            catch (Exception e)
            {
                _error = ExceptionDispatchInfo.Capture(e);
                _stop.Cancel();
            }
        }
    }
}
