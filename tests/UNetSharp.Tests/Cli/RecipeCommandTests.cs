using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tests.Training;
using UNetSharp.Training;

namespace UNetSharp.Tests.Cli;

/// <summary>What <c>train --recipe</c> sets, and that every part of it may be chosen otherwise.</summary>
public sealed class RecipeCommandTests : IDisposable
{
    private readonly DiscData _data = new(count: 5);

    [Fact]
    public void The_rmsprop_recipe_is_that_of_the_tutorials()
    {
        (int code, string output, _) =
            Train("run", "--recipe", "rmsprop", "--size", "32x32", "--base", "2", "--epochs", "3");

        Assert.Equal(0, code);
        TrainingSettings settings = RunFolder.LoadSettings(_data.In("run"));
        Assert.Equal("bce", settings.Loss);
        Assert.Equal(new OptimizerSettings("rmsprop", 1e-5f, 1e-8f, 0.9f), settings.Optimizer);
        Assert.Equal(4, settings.BatchSize);
        Assert.Equal("flips:0.5,vflips:0.5", settings.Augmentation);
        Assert.Equal(new SplitSettings(0), settings.Validation);
        Assert.Equal(BestBy.TrainingLoss, settings.BestBy);
        Assert.Equal((DecoderWidths.Narrow, true), (settings.Model.Decoder, settings.Model.Bias));
        double lowest = Losses("run").Min();
        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture, $"lowest training loss {lowest:f4}"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_have_the_recipes_size_unless_squares_are_cut_out()
    {
        string[] options = ["--recipe", "rmsprop", "--base", "1", "--epochs", "1", "--batch", "5"];
        Assert.Equal(0, Train("cut", [.. options, "--crop", "32"]).Code);
        Assert.Equal(0, Train("whole", options).Code);

        Assert.Null(RunFolder.LoadSettings(_data.In("cut")).Size);
        Assert.Equal(new PictureSize(512, 512), RunFolder.LoadSettings(_data.In("whole")).Size);
    }

    [Fact]
    public void The_best_weights_by_training_loss_are_those_of_its_lowest_epoch_also_where_a_run_goes_on()
    {
        // At this rate the loss goes up and down.
        string[] options =
            ["--size", "32x32", "--base", "2", "--val", "0", "--best-by", "TrainingLoss", "--optimizer", "sgd", "--lr",
                "3"];
        Assert.Equal(0, Train("run", [.. options, "--epochs", "2"]).Code);
        Assert.Equal(0, Train("run", [.. options, "--epochs", "8", "--resume"]).Code);
        double[] losses = Losses("run");
        int best = Array.IndexOf(losses, losses.Min());
        Assert.InRange(best, 0, losses.Length - 2);

        Assert.Equal(0, Train("short", [.. options, "--epochs", $"{best + 1}"]).Code);

        Assert.Equal(Weights("short", "last"), Weights("run", "best"));
        Assert.NotEqual(Weights("run", "last"), Weights("run", "best"));
    }

    [Theory]
    [InlineData("bce", "paper")]
    [InlineData("bce+dice", "default")]
    public void The_loss_is_the_recipes(string loss, string recipe)
    {
        Assert.Equal(0, Train("run", "--recipe", recipe, "--base", "1", "--epochs", "1", "--crop", "16").Code);

        Assert.Equal(loss, RunFolder.LoadSettings(_data.In("run")).Loss);
    }

    public void Dispose() => _data.Dispose();

    private (int Code, string Output, string Errors) Train(string run, params string[] options) =>
        UnetProgram.Run(["train", "--data", _data.Root, "--out", _data.In(run), "--threads", "1", .. options]);

    private double[] Losses(string run) =>
    [
        .. File.ReadLines(_data.In(run, "log.csv")).Skip(1)
            .Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)),
    ];

    private float[] Weights(string run, string name)
    {
        Network network = TrainedNetwork.Load(_data.In(run, $"{name}.safetensors")).Network;
        return [.. network.Parameters().SelectMany(parameter => network.Store.GetValues(parameter).ToArray())];
    }
}
