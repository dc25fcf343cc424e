using System.Collections.Concurrent;
using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Imaging.Rows;
using UNetSharp.Inference;

namespace UNetSharp.Workflows;

/// <summary>
/// Pictures to masks by three threads: one decodes, one computes, one encodes. Rows go from each to the next in bands
/// of a megabyte, so small pictures are read ahead whole, and of large ones a few bands are in memory.
/// </summary>
/// <param name="segmenter">The network.</param>
/// <param name="threshold">Probability above which a pixel is foreground.</param>
/// <param name="stop">Ends all work; what is unfinished is removed.</param>
internal sealed class PredictionPipeline(Segmenter segmenter, float threshold, CancellationToken stop)
{
    private const int MaxAhead = 4;

    /// <summary>Says before anything is computed how a picture will be cut; may refuse it by an exception.</summary>
    public required Func<PredictionJob, TilePlan> CreatePlan { get; init; }

    /// <summary>Opens what is to be made of a picture's result. Every row of classes passes through these.</summary>
    public required Func<PredictionJob, IEnumerable<ResultSink>> OpenSinks { get; init; }

    /// <summary>Is given, on the computing thread, how many tiles of a picture are done.</summary>
    public required Action<PredictionJob, int> OnProgress { get; init; }

    /// <summary>Is given, on the encoding thread, every picture that is done or has failed.</summary>
    public required Action<PredictionJob> OnCompleted { get; init; }

    /// <summary>Does all pictures; one that fails does not end the rest.</summary>
    public void Execute(IReadOnlyList<InputPicture> pictures)
    {
        using BlockingCollection<PredictionJob> opened = new(MaxAhead);
        using BlockingCollection<PredictionJob> computed = new(MaxAhead);
        Task reading = StartThread(() => Read(pictures, opened));
        Task writing = StartThread(() => Write(computed));
        Compute(opened, computed);
        Task.WaitAll(reading, writing);
    }

    private static Task StartThread(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read(IReadOnlyList<InputPicture> pictures, BlockingCollection<PredictionJob> opened)
    {
        for (int i = 0; i < pictures.Count && !stop.IsCancellationRequested; i++)
        {
            PredictionJob job = new(i, pictures[i]);
            MeasuredRows? rows = null;
            try
            {
                rows = new MeasuredRows(Open(job.Input), segmenter.Brightness);
                job.Picture = new RowQueue(rows.Size, rows.Channels, FindWhite(job.Input, rows.FullScale), stop);
            }
            catch (Exception e)
            {
                job.Failure = e;
                rows?.Dispose();
            }

            opened.Add(job, CancellationToken.None);
            if (job.Picture is { } picture)
            {
                picture.Fill(() => rows!);
                job.Notes = rows!.Notes;
            }
        }

        opened.CompleteAdding();
    }

    private RowSource Open(InputPicture input)
    {
        RowSource rows = ImageRows.Open(input.Path, input.Page ?? 0, segmenter.ImageChannels);
        if (segmenter.ImageChannels is 1 or 3 || rows.Channels == segmenter.ImageChannels)
        {
            return rows;
        }

        using (rows)
        {
            throw new DataException(
                $"{input.Text}: has not the {segmenter.ImageChannels} channels that the network reads.");
        }
    }

    /// <summary>White, for which a picture of more than 8 bit may have to be read twice.</summary>
    private float FindWhite(InputPicture input, float fullScale)
    {
        if (segmenter.Brightness is not { } brightness)
        {
            return fullScale;
        }

        if (!brightness.DependsOnSamples(fullScale))
        {
            return brightness.GetWhite(fullScale, 0);
        }

        using MeasuredRows rows = new(Open(input), brightness);
        rows.SkipAll(stop);
        return brightness.GetWhite(fullScale, rows.Range.Max);
    }

    private void Compute(BlockingCollection<PredictionJob> opened, BlockingCollection<PredictionJob> computed)
    {
        foreach (PredictionJob job in opened.GetConsumingEnumerable())
        {
            using RowSource? picture = job.Picture;
            try
            {
                if (picture is not null)
                {
                    job.Plan = CreatePlan(job);
                    job.Result = new RowQueue(
                        picture.Size, segmenter.MapCount * segmenter.Channels, fullScale: 1, stop);
                }
            }
            catch (Exception e)
            {
                job.Failure = e;
            }

            computed.Add(job, CancellationToken.None);
            if (job is { Result: { } result, Plan: { } plan })
            {
                result.Fill(() => segmenter.SegmentRows(picture!, plan, tiles => OnProgress(job, tiles)));
            }
        }

        computed.CompleteAdding();
    }

    private void Write(BlockingCollection<PredictionJob> computed)
    {
        foreach (PredictionJob job in computed.GetConsumingEnumerable())
        {
            List<ResultSink> sinks = [];
            using RowSource? result = job.Result;
            try
            {
                if (result is not null)
                {
                    Write(result, sinks, job);
                }
            }
            catch (Exception e)
            {
                job.Failure = e;
            }
            finally
            {
                sinks.ForEach(sink => sink.Dispose());
            }

            OnCompleted(job);
        }
    }

    private void Write(RowSource result, List<ResultSink> sinks, PredictionJob job)
    {
        foreach (ResultSink sink in OpenSinks(job))
        {
            sinks.Add(sink); // one by one: what is open is closed even if the next cannot be opened
        }

        byte[] classes = new byte[result.Size.Width];
        float[] probabilities = new float[result.RowLength];
        for (int row = 0; row < result.Size.Height; row++)
        {
            result.ReadRow(probabilities);
            Segmentation.FindClasses(probabilities, segmenter.Channels, threshold, classes);
            foreach (ResultSink sink in sinks)
            {
                sink.Add(classes, probabilities);
            }
        }

        foreach (ResultSink sink in sinks)
        {
            sink.Finish();
        }
    }
}
