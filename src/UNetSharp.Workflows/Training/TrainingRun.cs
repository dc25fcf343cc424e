using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Imaging;
using UNetSharp.Training;

namespace UNetSharp.Workflows;

/// <summary>
/// One run of training, with all that it leaves in its folder: weights, settings, a log, event files for TensorBoard,
/// and report.html, which is written anew while training goes on.
/// </summary>
/// <param name="settings">What to do.</param>
/// <param name="report">The data set, looked at before; see <see cref="DataSet"/>.</param>
/// <param name="folder">Folder for the results; made if it is not there.</param>
public sealed class TrainingRun(TrainingSettings settings, DataReport report, string folder)
{
    /// <summary>Folder for the results.</summary>
    public string Folder => folder;

    /// <summary>Whether to go on with the run that the folder holds, to the same weights as if it had not been stopped.
    /// </summary>
    public bool IsResumed { get; init; }

    /// <summary>Keeps images in memory, which changes no result; null to read them in every epoch.</summary>
    public SampleCache? Cache { get; init; }

    /// <summary>What the report advises to do with the run, given its folder; null for no advice.</summary>
    public Func<string, string>? NextSteps { get; init; }

    /// <summary>Trains until all epochs are done, or until it is cancelled.</summary>
    /// <param name="progress">Is given every step and every epoch.</param>
    /// <param name="cancellation">Ends training after the current step; it can go on from there later.</param>
    /// <exception cref="DataException">The data set cannot be trained on.</exception>
    /// <exception cref="TrainingException">
    /// The folder holds a run already, or none to go on with; the loss is no number any more; or results cannot be
    /// written.
    /// </exception>
    public TrainingResult Train(Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using FolderLock? alone = IsResumed && !RunFolder.IsRun(folder) ? null : AcquireFolder();
        RunFolder run = new(folder, IsResumed);
        Trainer trainer = new(settings, report, ImageFile.ReaderFor(settings.Model.Channels), run, Cache);
        using RunRecorder recorder = new(folder, settings, report.Classes!, NextSteps?.Invoke(folder));
        bool isDone;
        try
        {
            isDone = trainer.Run(
                done =>
                {
                    recorder.Add(done);
                    progress?.Invoke(done);
                },
                cancellation);
        }
        catch (TrainingException e)
        {
            recorder.Finish($"training ended early: {e.Message}");
            throw;
        }

        recorder.Finish(isDone ? "training is done" : "training was stopped and can go on");
        double? bestLoss = settings.BestBy == BestBy.TrainingLoss ? trainer.BestLoss : null;
        return new TrainingResult(
            isDone, trainer.BestDice, bestLoss, Path.Combine(folder, RunRecorder.PageName));
    }

    private FolderLock AcquireFolder()
    {
        try
        {
            return FolderLock.Acquire(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(e.Message);
        }
    }
}
