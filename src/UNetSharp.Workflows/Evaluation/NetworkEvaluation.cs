using UNetSharp.Data;
using UNetSharp.Files;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Training;

namespace UNetSharp.Workflows;

/// <summary>Scores a trained network on a folder of images and masks, alone or beside another one.</summary>
public static class NetworkEvaluation
{
    /// <summary>Scores every image, and writes the files that the settings name.</summary>
    /// <param name="settings">What to score, on what, and which files to write.</param>
    /// <param name="progress">Is given how far it is; never by two threads at once.</param>
    /// <param name="cancellation">Ends the evaluation; no file is written.</param>
    /// <exception cref="SettingsException">
    /// The folder of a file to write is not there, or the network does not have the membranes' class.
    /// </exception>
    /// <exception cref="CheckpointException">The weights are missing, damaged or of no network that is
    /// known.</exception>
    /// <exception cref="DataException">Pairs cannot be read or scored.</exception>
    /// <exception cref="TrainingException">Images of a run are asked for, and the weights are of none.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluationResult Evaluate(
        EvaluationSettings settings,
        Action<EvaluationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        RequireFolder(settings.Json, nameof(settings.Json));
        RequireFolder(settings.Csv, nameof(settings.Csv));
        RequireFolder(settings.Page, nameof(settings.Page));
        TrainingSettings? run = settings.IsValidationOnly ? RunFolder.LoadSettings(settings.Weights) : null;
        using Segmenter segmenter = Load(settings, settings.Weights, settings.Load(settings.Weights));
        using Segmenter? other = settings.Compared is { } weights
            ? Load(settings, weights, settings.LoadCompared(weights))
            : null;
        DataReport report = DataSet.Inspect(
            settings.Data,
            settings.Masks,
            settings.SkipsBad,
            (done, count) => progress?.Invoke(new EvaluationProgress(EvaluationStage.Reading, done, count)),
            segmenter.ImageChannels);
        IReadOnlyList<ImagePair> pairs = FindPairs(settings, run, report);
        Evaluation evaluation = Evaluate(segmenter, EvaluationStage.Scoring);
        IReadOnlyList<Comparison> comparison = other is null
            ? []
            : Comparison.Compare(evaluation, Evaluate(other, EvaluationStage.ScoringCompared));
        EvaluationResult result = new(evaluation, segmenter.Masks, comparison, report.Skipped);
        Write(settings, result, () => Worst(segmenter, ChooseMasks(segmenter, report), pairs, evaluation));
        return result;

        Evaluation Evaluate(Segmenter network, EvaluationStage stage) => Evaluation.Compute(
            network,
            pairs,
            ImageFile.ReaderFor(network.ImageChannels),
            (done, count) =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(new EvaluationProgress(stage, done, count));
            },
            settings.MembraneClass,
            ChooseMasks(network, report));
    }

    /// <summary>
    /// What mask values mean: what they meant in training where that fits them all; or what they are found to mean, if
    /// the classes are the same without doubt.
    /// </summary>
    private static MaskClasses ChooseMasks(Segmenter network, DataReport report)
    {
        MaskClasses own = network.Masks;
        if (report.Classes is not { } found || found.ClassCount != own.ClassCount
            || report.PairInfos.SelectMany(info => info.Mask.Counts.Keys).Distinct().All(IsSame))
        {
            return own;
        }

        bool areSure = found.ClassCount == 2 || own.Names?.SequenceEqual(found.Names ?? []) == true
            || found.ClassOfValue.All(entry => entry.Key == entry.Value);
        return areSure ? found : own;

        bool IsSame(int value) => own.GetClass(value) is >= 0 and var index
            && (found.GetClass(value) == MaskClasses.Ignored) == (index == MaskClasses.Ignored);
    }

    /// <summary>Refuses a file whose folder is not there, before hours of work.</summary>
    private static void RequireFolder(string? file, string setting)
    {
        if (file is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            throw new SettingsException($"{file}: there is no such folder; make it, or name another.")
            {
                Settings = [setting],
            };
        }
    }

    private static Segmenter Load(EvaluationSettings settings, string weights, TrainedNetwork network)
    {
        Segmenter segmenter = new(network, settings.Threads, settings.IsExact);
        if (settings.MembraneClass is { } k && (k < 0 || k >= segmenter.ClassCount))
        {
            int classes = segmenter.ClassCount;
            segmenter.Dispose();
            throw new SettingsException($"class {k} is no membrane: {weights} knows the classes 0 to {classes - 1}.")
            {
                Settings = [nameof(settings.MembraneClass)],
            };
        }

        return segmenter;
    }

    /// <summary>The pairs to score. Those that cannot be read are named before the first one is scored.</summary>
    private static IReadOnlyList<ImagePair> FindPairs(
        EvaluationSettings settings, TrainingSettings? run, DataReport report)
    {
        if (report.BadPairs.Count > 0)
        {
            throw new DataException($"{report.BadPairs[0]} ({report.BadPairs.Count} such, which can be left out)")
            {
                Settings = [nameof(settings.SkipsBad)],
            };
        }

        IReadOnlyList<ImagePair> pairs = report.Folder.Pairs;
        return run is null ? pairs : Split.Create(pairs, run.Validation, run.Seed).Validation is { Count: > 0 } aside
            ? aside
            : throw new DataException($"{settings.Weights}: set no images aside for validation; score all of them.")
            {
                Settings = [nameof(settings.IsValidationOnly)],
            };
    }

    private static void Write(
        EvaluationSettings settings, EvaluationResult result, Func<IReadOnlyList<ScoredPicture>> worst)
    {
        if (settings.Json is { } json)
        {
            AtomicFile.WriteText(json, result.ToJson() + "\n");
        }

        if (settings.Csv is { } csv)
        {
            AtomicFile.WriteText(csv, ScoresCsv.Compose(result.Evaluation));
        }

        if (settings.Page is { } page)
        {
            AtomicFile.WriteText(page, EvaluationPage.Compose(settings, result, worst()));
        }
    }

    private static ScoredPicture[] Worst(
        Segmenter segmenter, MaskClasses masks, IReadOnlyList<ImagePair> pairs, Evaluation evaluation) =>
    [
        .. pairs.Zip(evaluation.Images).OrderBy(image => image.Second.Dice).Take(EvaluationPage.MaxPictures)
            .Select(image =>
            {
                (Segmentation found, byte[] truth, Picture picture) =
                    Evaluation.Segment(
                        segmenter, image.First, ImageFile.ReaderFor(segmenter.ImageChannels), masks);
                return new ScoredPicture(
                    image.Second.Name, image.Second.Dice, picture, truth, found.ComputeClasses()).Downscale();
            }),
    ];
}
