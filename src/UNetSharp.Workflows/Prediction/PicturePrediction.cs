using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;

namespace UNetSharp.Workflows;

/// <summary>
/// Writes a mask for every picture of a folder, and what else is wanted of it: overlays, probabilities, tables and
/// outlines of objects. Decoding, computing and encoding go on at the same time; a picture that fails does not end the
/// rest; and what was done by an earlier call is skipped.
/// </summary>
public static class PicturePrediction
{
    /// <summary>Predicts all pictures that are not done.</summary>
    /// <param name="settings">Which pictures, with what, and what is written.</param>
    /// <param name="progress">Is given what happens to pictures, on the threads that work; never by two at
    /// once.</param>
    /// <param name="cancellation">Ends the prediction; unfinished files are removed.</param>
    /// <exception cref="SettingsException">
    /// A mask would overwrite a picture or another mask, or the network cannot do what is asked for.
    /// </exception>
    /// <exception cref="CheckpointException">The weights are missing, damaged or of no network that is
    /// known.</exception>
    /// <exception cref="DataException">There are no pictures, or the network reads none.</exception>
    /// <exception cref="IOException">The folder of the masks cannot be written to.</exception>
    public static PredictionResult Predict(
        PredictionSettings settings,
        Action<PredictionProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        RequireSensible(settings);
        var input = PredictionInput.Find(settings.Input, ImageFile.CountPages);
        PredictionOutputs outputs = new(settings);
        outputs.RejectOverwriting(input.Pictures);
        TrainedNetwork network = settings.Load(settings.Weights);
        using Segmenter segmenter = new(network, settings.Threads, settings.IsExact, settings.HasSideOutputs);
        RequireFitting(segmenter, settings);
        using var alone = FolderLock.Acquire(settings.Output);
        var record = PredictionRecord.Open(settings, network.Description, input.Folder);
        bool isOneFile = settings.Objects.Polygons == PolygonFormat.Coco; // of all pictures, so all are done
        bool skipsDone = input.IsSeveral && !isOneFile && !settings.RepeatsDone;
        ILookup<bool, InputPicture> pictures = input.Pictures.ToLookup(
            picture => skipsDone && record.IsDone(picture.Path, outputs.GetMaskPath(picture)));
        using PredictionSession session = new(segmenter, settings, outputs, progress, cancellation);
        return session.Execute([.. pictures[true]], [.. pictures[false]]);
    }

    private static void RequireSensible(PredictionSettings settings)
    {
        if (settings.Threshold is not (>= 0 and <= 1))
        {
            throw new SettingsException($"a threshold of {settings.Threshold}: give a probability from 0 to 1.")
            {
                Settings = [nameof(settings.Threshold)],
            };
        }

        if (settings.Objects.MinArea < 1)
        {
            throw new SettingsException($"objects of {settings.Objects.MinArea} pixels: give a number of at least 1.")
            {
                Settings = [nameof(ObjectSettings.MinArea)],
            };
        }
    }

    private static void RequireFitting(Segmenter segmenter, PredictionSettings settings)
    {
        if (settings.HasSideOutputs && segmenter.MapCount == 1)
        {
            throw new SettingsException("this network has no side outputs; ask for none.")
            {
                Settings = [nameof(settings.HasSideOutputs)],
            };
        }

        SegmentationSettings segmentation = settings.Segmentation;
        if (segmenter.RequiresWholeImage && (segmentation.Tile ?? segmentation.Overlap) is not null)
        {
            throw new SettingsException("this network reads every picture as a whole; ask for no tiles.")
            {
                Settings = [nameof(segmentation.Tile), nameof(segmentation.Overlap)],
            };
        }

        if (segmenter.RequiresWholeImage && segmentation.Scale != 1)
        {
            throw new SettingsException("this network reads every picture at its own size; ask for no other scale.")
            {
                Settings = [nameof(segmentation.Scale)],
            };
        }
    }
}
