using System.Diagnostics;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Training;

namespace UNetSharp.Benchmarks.Accuracy;

/// <summary>Trains and scores a fold with ours. The time is that of the whole run, with reading, augmentation and
/// validation.
/// </summary>
internal static class OurTrial
{
    public static FoldResult Run(TrainingSettings settings, DataReport report, string folder)
    {
        Trainer trainer = new(settings, report, ImageFile.Read, new RunFolder(folder));
        Stopwatch clock = Stopwatch.StartNew();
        trainer.Run(_ => { }, CancellationToken.None);
        double seconds = clock.Elapsed.TotalSeconds;
        using Segmenter segmenter = Segmenter.Load(Path.Combine(folder, "last.safetensors"), settings.Threads);
        SampleReader reader = new(ImageFile.Read, report.Classes!, channels: 1, size: null);
        Split split = Split.Create(report.Folder.Pairs, settings.Validation, settings.Seed);
        return FoldResult.FromPredictions(
            split.Validation.Select(pair =>
                (segmenter.Segment(ImageFile.Read(pair.ImagePath)).Probabilities, reader.Read(pair))),
            seconds);
    }
}
