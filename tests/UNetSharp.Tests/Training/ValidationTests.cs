using System.Globalization;
using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

/// <summary>What training tells of steps and of validation.</summary>
public sealed class ValidationTests
{
    [Fact]
    public void Epochs_tell_every_image_and_steps_tell_the_terms_of_the_loss()
    {
        using DiscData data = new(10);
        TrainingSettings settings = new(
            new ModelSettings("unet", Channels: 1, Classes: 1) { BaseChannels = 4 },
            Size: null,
            Crop: null,
            Epochs: 2,
            BatchSize: 3,
            new OptimizerSettings("adam", 1e-2f),
            Loss: "0.5*bce+dice",
            Validation: new SplitSettings(0.5),
            Augmentation: "none",
            Seed: 1,
            Threads: 2);
        DataReport report =
            DataReport.Create(DataFolder.Find(data.Root), ImageFile.Read, new MaskSettings(), threads: 2);
        List<TrainingProgress> told = [];

        Assert.True(new Trainer(settings, report, ImageFile.Read, new RunFolder(data.In("run")))
            .Run(told.Add, CancellationToken.None));

        Assert.Equal([1, 2, 2, 3, 4, 4], told.Select(progress => progress.TotalSteps));
        foreach (TrainingProgress step in told.Where(progress => !progress.IsEpochDone))
        {
            Assert.Null(step.Validation);
            Assert.Equal(["bce", "dice"], step.LossTerms.Select(term => term.Name));
            Assert.Equal(step.BatchLoss, (0.5f * step.LossTerms[0].Value) + step.LossTerms[1].Value, 1e-5f);
            Assert.Equal(1e-2, step.LearningRate, 1e-6);
            Assert.InRange(step.WaitShare, 0, 1);
        }

        foreach (TrainingProgress epoch in told.Where(progress => progress.IsEpochDone))
        {
            ValidationResult result = epoch.Validation!;
            Assert.Equal(5, result.Images.Count);
            Assert.Equal(5 * 32 * 32, result.Pooled.Pixels);
            Assert.Equal(epoch.ValidationDice, result.Images.Average(image => image.Matrix.MeanForegroundDice));
            double[] sorted = [.. result.Images.Select(image => image.Matrix.MeanForegroundDice).Order()];
            Assert.Equal(sorted[..4], result.Worst.Select(picture => picture.Dice));
            Assert.Equal(sorted.Reverse().Take(4), result.Best.Select(picture => picture.Dice));
            Assert.Equal(
                result.Images.Take(4).Select(image => image.Name), result.First.Select(picture => picture.Name));
        }

        string[] log = File.ReadAllLines(data.In("run", "log.csv"));
        Assert.EndsWith(",loss_bce,loss_dice", log[0], StringComparison.Ordinal);
        Assert.All(log, line => Assert.Equal(11, line.Split(',').Length));
        double[] last = [.. log[^1].Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
        Assert.Equal(last[1], (0.5 * last[^2]) + last[^1], 1e-5);
    }

    [Theory]
    [InlineData("bce", "main side1 side2 side3 side4 side5 side6")]
    [InlineData("bce+dice", "main.bce main.dice side1.bce side1.dice side2.bce side2.dice side3.bce side3.dice "
        + "side4.bce side4.dice side5.bce side5.dice side6.bce side6.dice")]
    public void The_loss_of_every_output_is_told(string loss, string names)
    {
        Network network = ModelCatalog.Create(new ModelSettings("u2netp", Channels: 1, Classes: 1), seed: 1);
        using CpuDevice device = new(2);
        using TrainingStep step = new(
            network, LossCatalog.Parse(loss), new Sgd(network.Store, learningRate: 0.1f), device);
        Tensor image = new(Shape.Nchw(1, 1, 32, 32), [.. Enumerable.Range(0, 32 * 32).Select(i => i % 7 / 7f)]);
        Tensor truth = new(Shape.Nchw(1, 1, 32, 32), [.. Enumerable.Range(0, 32 * 32).Select(i => (float)(i / 512))]);

        float sum = step.Train(image, truth);

        Assert.Equal(names.Split(' '), step.Terms.Select(term => term.Name));
        Assert.Equal(sum, step.Terms.Sum(term => term.Value), 1e-4f);
        Assert.Equal(step.Terms.Count, step.Terms.Select(term => term.Value).Distinct().Count());
    }
}
