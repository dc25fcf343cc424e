using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tests.Training;
using UNetSharp.Training;
using UNetSharp.Workflows;

namespace UNetSharp.Tests.Workflows;

/// <summary>What the command does, as a C# program does it.</summary>
public sealed class WorkflowTests : IDisposable
{
    private readonly DiscData _data = new(6);

    [Fact]
    public void A_network_is_trained_with_a_report_and_scored_with_a_page()
    {
        List<TrainingProgress> steps = [];
        TrainingRun run = new(Settings(epochs: 2), DataSet.Inspect(_data.Root), _data.In("run"))
        {
            NextSteps = folder => $"look at <{folder}>",
        };

        TrainingResult trained = run.Train(steps.Add);

        Assert.True(trained.IsDone);
        Assert.InRange(trained.BestDice!.Value, 0, 1);
        Assert.Equal(2, steps.Count(step => step.IsEpochDone));
        Assert.Single(Directory.GetFiles(_data.In("run"), "events.out.tfevents.*"));
        string page = File.ReadAllText(trained.ReportPath);
        Assert.Contains("training is done", page, StringComparison.Ordinal);
        Assert.Contains("look at &lt;", page, StringComparison.Ordinal);

        List<EvaluationProgress> scored = [];
        EvaluationResult result = NetworkEvaluation.Evaluate(
            new EvaluationSettings(_data.In("run"), _data.Root)
            {
                Compared = _data.In("run", "last.safetensors"),
                Page = _data.In("scores.html"),
                Csv = _data.In("scores.csv"),
                Json = _data.In("scores.json"),
            },
            scored.Add);

        Assert.Equal(6, result.Evaluation.Images.Count);
        Assert.Equal(["background", "foreground"], result.Classes.Rows.Select(row => row[0]));
        Assert.NotNull(result.Differences);
        Assert.Equal(3 * 6, scored.Count);
        Assert.Contains("Compared with", File.ReadAllText(_data.In("scores.html")), StringComparison.Ordinal);
        Assert.Equal(1 + (6 * 2), File.ReadAllLines(_data.In("scores.csv")).Length);
        Assert.Equal(result.ToJson() + "\n", File.ReadAllText(_data.In("scores.json")));
    }

    [Fact]
    public void A_run_that_is_cancelled_goes_on_to_the_same_weights()
    {
        DataReport report = DataSet.Inspect(_data.Root);
        new TrainingRun(Settings(epochs: 2), report, _data.In("whole")).Train();

        using CancellationTokenSource stop = new();
        TrainingRun first = new(Settings(epochs: 2), report, _data.In("parts"));
        Assert.False(first.Train(_ => stop.Cancel(), stop.Token).IsDone);
        TrainingRun second = new(Settings(epochs: 2), report, _data.In("parts")) { IsResumed = true };
        Assert.True(second.Train().IsDone);

        Assert.Equal(
            File.ReadAllBytes(_data.In("whole", "last.safetensors")),
            File.ReadAllBytes(_data.In("parts", "last.safetensors")));
    }

    [Fact]
    public void Every_fold_is_trained_and_their_scores_have_a_mean()
    {
        HashSet<int> folds = [];
        CrossValidation validation = new(Settings(epochs: 1), folds: 2, DataSet.Inspect(_data.Root), _data.In("folds"));

        CrossValidationResult result = validation.Train((fold, _) => folds.Add(fold));

        Assert.True(result.IsDone);
        Assert.Equal([0, 1], folds.Order());
        (double a, double b) = (result.Folds[0].BestDice!.Value, result.Folds[1].BestDice!.Value);
        Assert.Equal((a + b) / 2, result.MeanDice, 1e-12);
        Assert.Equal(Math.Abs(a - b) / Math.Sqrt(2), result.DiceDeviation, 1e-12);
        Assert.True(File.Exists(_data.In("folds", "fold-1", "report.html")));
    }

    [Fact]
    public void A_folder_of_pictures_is_predicted_and_what_is_done_is_skipped()
    {
        PredictionSettings settings = new(SaveNetwork(), _data.In("images"), _data.In("masks-found"))
        {
            HasOverlay = true,
            HasProbabilities = true,
            Objects = new ObjectSettings(ObjectTableFormat.Csv, PolygonFormat.GeoJson, HasContours: true),
        };
        List<PredictionProgress> happened = [];

        PredictionResult first = PicturePrediction.Predict(settings, happened.Add);
        PredictionResult second = PicturePrediction.Predict(settings);
        PredictionResult third = PicturePrediction.Predict(settings with { Threshold = 0.25f });

        Assert.Equal(new PredictionResult(6, 0, 0, IsCancelled: false), first);
        Assert.Equal(6, happened.Count(progress => progress.State == PredictionState.Done));
        Assert.Equal(1, happened.Max(progress => progress.Share));
        Assert.Equal(new PredictionResult(0, 6, 0, IsCancelled: false), second);
        Assert.Equal(new PredictionResult(6, 0, 0, IsCancelled: false), third);
        string[] kinds =
            [".contours.png", ".geojson", ".objects.csv", ".overlay.png", ".png", ".probability.png"];
        Assert.Equal(
            kinds.Select(kind => "disc-3" + kind),
            Directory.GetFiles(settings.Output, "disc-3.*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(32, ImageFile.Read(_data.In("masks-found", "disc-3.png")).Width);
    }

    [Fact]
    public void The_six_side_outputs_of_a_nested_network_are_written_beside_the_mask()
    {
        ModelSettings model = U2Net.LightEntry.Default with { Channels = 1, Classes = 2 };
        PredictionSettings settings = new(SaveNetwork(model), _data.In("images", "disc-3.png"), _data.In("sides"))
        {
            HasSideOutputs = true,
        };

        PicturePrediction.Predict(settings);

        string[] files = [.. Enumerable.Range(1, 6).Select(k => $"disc-3.side{k}-1.png"), "disc-3.png", "predict.json"];
        Assert.Equal(
            files.Order(StringComparer.Ordinal),
            Directory.GetFiles(settings.Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Picture side = ImageFile.Read(_data.In("sides", "disc-3.side6-1.png"));
        Assert.Equal((32, 32, 65535), (side.Height, side.Width, side.FullScale));
        SettingsException none = Assert.Throws<SettingsException>(() => PicturePrediction.Predict(
            settings with { Weights = SaveNetwork(), Output = _data.In("none") }));
        Assert.Equal(["HasSideOutputs"], none.Settings);
    }

    [Fact]
    public void A_prediction_that_is_cancelled_leaves_only_whole_masks_and_goes_on()
    {
        PredictionSettings settings = new(SaveNetwork(), _data.In("images"), _data.In("found"));
        using CancellationTokenSource stop = new();

        PredictionResult first = PicturePrediction.Predict(
            settings,
            progress =>
            {
                if (progress.State == PredictionState.Done)
                {
                    stop.Cancel();
                }
            },
            stop.Token);
        int left = Directory.GetFiles(settings.Output, "*.png").Length;
        PredictionResult second = PicturePrediction.Predict(settings);

        Assert.True(first.IsCancelled);
        Assert.Equal(first.Done, left);
        Assert.Empty(Directory.GetFiles(settings.Output, "*.part"));
        Assert.Equal((6 - left, left), (second.Done, second.Skipped));
    }

    [Fact]
    public void What_a_caller_throws_ends_the_prediction_and_reaches_it()
    {
        PredictionSettings settings = new(SaveNetwork(), _data.In("images"), _data.In("found"));

        Assert.Throws<TimeZoneNotFoundException>(() => PicturePrediction.Predict(settings, progress =>
        {
            if (progress.State == PredictionState.Done)
            {
                throw new TimeZoneNotFoundException();
            }
        }));
    }

    [Fact]
    public void Settings_that_make_no_sense_are_named()
    {
        PredictionSettings settings = new(SaveNetwork(), _data.In("images"), _data.In("images"));

        SettingsException own = Assert.Throws<SettingsException>(() => PicturePrediction.Predict(settings));
        SettingsException odd = Assert.Throws<SettingsException>(
            () => PicturePrediction.Predict(settings with { Threshold = 2 }));

        Assert.Contains("would overwrite the picture", own.Message, StringComparison.Ordinal);
        Assert.Equal(["Output"], own.Settings);
        Assert.Equal(["Threshold"], odd.Settings);
    }

    public void Dispose() => _data.Dispose();

    private static TrainingSettings Settings(int epochs) => new(
        UNet.Entry.Default with { Channels = 1, Classes = 1, BaseChannels = 2 },
        Size: null,
        Crop: null,
        epochs,
        BatchSize: 2,
        new OptimizerSettings("adam"),
        Loss: "bce+dice",
        Validation: new SplitSettings(0.4),
        Augmentation: "flips",
        Seed: 1,
        Threads: 2);

    private string SaveNetwork() => SaveNetwork(
        UNet.Entry.Default with { Channels = 1, Classes = 1, BaseChannels = 2 });

    private string SaveNetwork(ModelSettings settings)
    {
        string path = _data.In("network.safetensors");
        new TrainedNetwork(
            ModelCatalog.Create(settings, seed: 1), NetworkDescription.CreateDefault(settings)).Save(path);
        return path;
    }
}
