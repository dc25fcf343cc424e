using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Four_images_are_learnt_by_heart()
    {
        using DiscData data = new(4);

        Trainer trainer = Train(data, Settings(epochs: 60) with { Validation = new SplitSettings(0) }, "run");

        Assert.Null(trainer.BestDice);
        using Segmenter segmenter = Segmenter.Load(data.In("run", "last.safetensors"), threads: 2);
        Evaluation evaluation = Evaluation.Compute(segmenter, DataFolder.Find(data.Root).Pairs, ImageFile.Read);
        Assert.InRange(evaluation.MeanDice, 0.95, 1);
    }

    [Fact]
    public void Weights_do_not_depend_on_the_number_of_threads()
    {
        using DiscData data = new(5);

        Train(data, Settings(epochs: 2) with { Threads = 1 }, "one");
        Train(data, Settings(epochs: 2) with { Threads = 3 }, "three");

        Assert.Equal(
            File.ReadAllBytes(data.In("one", "last.safetensors")), File.ReadAllBytes(
                data.In("three", "last.safetensors")));
    }

    [Fact]
    public void A_run_leaves_its_settings_and_a_line_for_each_epoch()
    {
        using DiscData data = new(5);

        Train(data, Settings(epochs: 3), "run");

        string[] log = File.ReadAllLines(data.In("run", "log.csv"));
        Assert.StartsWith(
            "epoch,loss,validation_dice,images_per_second,seconds,learning_rate", log[0], StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], log[1..].Select(line => line.Split(',')[0]));
        Assert.Contains("\"Epochs\": 3", File.ReadAllText(data.In("run", "config.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(data.In("run", "best.safetensors")));
        Assert.Empty(Directory.GetFiles(data.In("run"), "*.part"));
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_overwritten()
    {
        using DiscData data = new(4);
        Train(data, Settings(epochs: 1), "run");

        TrainingException e = Assert.Throws<TrainingException>(() => new RunFolder(data.In("run")));

        Assert.Contains("holds a training run already", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_training_and_names_the_images()
    {
        using DiscData data = new(4);
        TrainingSettings settings = Settings(epochs: 50) with { Optimizer = new OptimizerSettings("sgd", 1e30f) };

        TrainingException e = Assert.Throws<TrainingException>(() => Train(data, settings, "run"));

        Assert.Contains("disc-", e.Message, StringComparison.Ordinal);
        Assert.Equal(["LearningRate", "ClipNorm"], e.Settings);
    }

    [Fact]
    public void Training_ends_when_the_score_stands_still()
    {
        using DiscData data = new(4);
        TrainingSettings settings =
            Settings(epochs: 30) with { Optimizer = new OptimizerSettings("sgd", 1e-12f), Patience = 3 };

        Train(data, settings, "run");

        // With weights that hardly move the first epoch stays the best one, or one soon after it while statistics
        // settle.
        string[] dice = [.. File.ReadAllLines(data.In("run", "log.csv"))[1..].Select(line => line.Split(',')[2])];
        double[] scores = [.. dice.Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.InRange(scores.Length, 4, 29);
        Assert.Equal(scores.Length - 4, Array.IndexOf(scores, scores.Max()));
    }

    [Fact]
    public void Gathered_batches_step_like_one_batch_of_all()
    {
        using DiscData data = new(6);
        TrainingSettings whole = Settings(epochs: 1) with
        {
            // Without batch norm an image's gradient does not depend on its companions.
            Model = new ModelSettings("unet-classic", Channels: 1, Classes: 2) { BaseChannels = 2 },
            Loss = "ce",
            Validation = new SplitSettings(0),
            BatchSize = 6,
            Optimizer = new OptimizerSettings("sgd", 0.5f, Momentum: 0.9f),
        };

        Train(data, whole, "whole");
        Train(data, whole with { BatchSize = 2, AccumulationSteps = 3 }, "parts");

        float[] one = Values(data, "whole"), other = Values(data, "parts");
        Assert.Equal(one.Length, other.Length);
        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.NotEqual(
            Values(data, "whole"),
            [.. StateDict.FromModule(ModelCatalog.Create(whole.Model, 1)).SelectMany(t => t.Values)]);
    }

    [Fact]
    public void A_cancelled_run_keeps_the_weights_of_whole_epochs()
    {
        using DiscData data = new(4);
        using CancellationTokenSource cancellation = new();
        Trainer trainer = Make(data, Settings(epochs: 50), "run");

        bool isDone = trainer.Run(
            progress =>
            {
                if (progress.Epoch == 2)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token);

        Assert.False(isDone);
        Assert.Equal(2, File.ReadAllLines(data.In("run", "log.csv")).Length);
    }

    private static float[] Values(DiscData data, string run) =>
        [.. SafetensorsReader.Read(data.In(run, "last.safetensors")).Tensors.SelectMany(tensor => tensor.Values)];

    private static TrainingSettings Settings(int epochs) => new(
        new ModelSettings("unet", Channels: 1, Classes: 1) { BaseChannels = 4 },
        Size: null,
        Crop: null,
        epochs,
        BatchSize: 2,
        new OptimizerSettings("adam", 2e-2f),
        Loss: "bce+dice",
        Validation: new SplitSettings(0.25),
        Augmentation: "none",
        Seed: 1,
        Threads: 2);

    private static Trainer Train(DiscData data, TrainingSettings settings, string run)
    {
        Trainer trainer = Make(data, settings, run);
        Assert.True(trainer.Run(_ => { }, CancellationToken.None));
        return trainer;
    }

    private static Trainer Make(DiscData data, TrainingSettings settings, string run)
    {
        DataReport report =
            DataReport.Create(DataFolder.Find(data.Root), ImageFile.Read, new MaskSettings(), threads: 2);
        return new Trainer(settings, report, ImageFile.Read, new RunFolder(data.In(run)));
    }
}
