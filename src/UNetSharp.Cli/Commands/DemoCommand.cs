using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Metrics;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Training;
using UNetSharp.Workflows;

namespace UNetSharp.Cli.Commands;

/// <summary>Trains on the sample data, predicts images that were held out, and shows both in a report.</summary>
internal static class DemoCommand
{
    private const int RowsOfSheet = 6;

    public static Command Build()
    {
        Option<string> output = new("--out")
        {
            Description = "Folder for the results; those of an earlier demo are replaced",
            DefaultValueFactory = _ => "demo",
        };
        Option<int> epochs = new("--epochs")
        {
            Description = "How often every image is seen",
            DefaultValueFactory = _ => 120,
        };
        Option<int> threads = CommonOptions.Threads();
        Command command = new("demo", "Train on the sample data, predict held-out images, write pictures and a report.")
        {
            output, epochs, threads,
        };
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(
            parsed.GetRequiredValue(output),
            CommonOptions.AtLeast(1, parsed.GetValue(epochs), "--epochs"),
            CommonOptions.ReadThreads(parsed, threads))));
        return command;
    }

    private static int Execute(string output, int epochs, int threads)
    {
        string samples = FindSamples();
        string run = Path.Combine(output, "run");
        if (File.Exists(Path.Combine(run, "log.csv")))
        {
            Directory.Delete(run, recursive: true);
        }

        DataReport report = DataSet.Inspect(Path.Combine(samples, "train"));
        report.ThrowIfUnusable();
        Console.WriteLine(string.Join(Environment.NewLine, report.Lines()));
        TrainingRun training = new(Settings(epochs, threads, report), report, run)
        {
            NextSteps = TrainingView.NextSteps,
        };
        return TrainingView.Show(training).IsDone
            ? ShowResults(samples, output, run, report, threads)
            : ExitCode.Interrupted;
    }

    private static TrainingSettings Settings(int epochs, int threads, DataReport report) => new(
        new ModelSettings("unet", report.Channels, report.Classes!.Classes) { BaseChannels = 16 },
        Size: null,
        Crop: 160,
        epochs,
        BatchSize: 10,
        new OptimizerSettings("adam", LearningRate: 2e-3f),
        Loss: "bce+dice",
        Validation: new SplitSettings(0.15),
        Augmentation: "flips,vflips",
        Seed: 0,
        threads);

    private static int ShowResults(string samples, string output, string run, DataReport report, int threads)
    {
        IReadOnlyList<ImagePair> heldOut = DataFolder.Find(Path.Combine(samples, "heldout")).Pairs;
        SampleReader grey = new(ImageFile.Read, report.Classes!, channels: 1, size: null, report.Brightness);
        ThresholdBaseline baseline = ThresholdBaseline.Fit(report.Folder.Pairs.Select(grey.Read));
        using Segmenter segmenter = Segmenter.Load(run, threads);
        string predictions = Path.Combine(output, "predictions");
        Directory.CreateDirectory(predictions);
        List<(Picture Picture, byte[] Truth, byte[] Prediction)> rows = [];
        List<BaselineScore> scores = [];
        foreach (ImagePair pair in heldOut)
        {
            Picture picture = pair.ReadImage(ImageFile.Read);
            Sample sample = grey.Read(pair);
            byte[] prediction = segmenter.Segment(picture).ComputeClasses();
            ImageFile.WriteGrey(
                Path.Combine(predictions, pair.Name + ".png"),
                Array.ConvertAll(prediction, index => (byte)(index * 255)),
                picture.Width,
                picture.Height);
            rows.Add((picture, sample.Mask, prediction));
            scores.Add(new BaselineScore(
                pair.Name, Dice(sample.Mask, prediction), Dice(sample.Mask, baseline.Predict(sample))));
        }

        (byte[] sheet, PictureSize size) = ComparisonSheet.Draw([.. EvenSelection.Choose(rows, RowsOfSheet)]);
        ImageFile.WriteColor(Path.Combine(output, "predictions.png"), sheet, size.Width, size.Height);
        BaselineReport.Write(output, "nuclei", scores, baseline);
        Console.WriteLine($"pictures in {Path.Combine(output, "predictions.png")}, report in "
            + Path.Combine(output, "report.html"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"held-out dice {scores.Average(row => row.Dice):f3}, threshold baseline "
                + $"{scores.Average(row => row.Baseline):f3}"));
        return ExitCode.Done;
    }

    private static double Dice(byte[] truth, byte[] prediction)
    {
        ConfusionMatrix matrix = new(classes: 2);
        matrix.Add(truth, prediction);
        return matrix.Dice(1);
    }

    private static string FindSamples()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string samples = Path.Combine(at.FullName, "samples", "nuclei");
            if (Directory.Exists(samples))
            {
                return samples;
            }
        }

        throw new DataException(
            "samples/nuclei: the sample data are not here; run the demo from a clone of the project.");
    }
}
