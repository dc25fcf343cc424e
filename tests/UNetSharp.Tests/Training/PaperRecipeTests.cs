using System.Globalization;
using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Imaging;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Models.Layers;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Graph;
using UNetSharp.Training;

namespace UNetSharp.Tests.Training;

/// <summary>Training as the U-Net paper has it: overlapping tiles, weight maps, dropout, starting weights.</summary>
public class PaperRecipeTests
{
    private static readonly ModelSettings Small =
        new("unet-classic", Channels: 1, Classes: 1) { BaseChannels = 4, Dropout = 0.5f };

    [Fact]
    public void A_broken_run_goes_on_to_the_same_weights()
    {
        using DiscData data = new(4);
        TrainingSettings settings = new(
            Small,
            Size: null,
            Crop: 20,
            Epochs: 2,
            BatchSize: 2,
            TrainingRecipe.Paper.Optimizer with { LearningRate = 1e-2f, Momentum = 0.9f },
            Loss: "bce",
            new SplitSettings(0),
            TrainingRecipe.Paper.Augmentation,
            Seed: 1,
            Threads: 2)
        {
            UsesWeightMap = true,
            UsesHeInitialization = true,
        };
        Assert.True(Make(data, settings, "whole", isResumed: false).Run(_ => { }, CancellationToken.None));

        bool isDone = false;
        for (int part = 0; !isDone; part++)
        {
            using CancellationTokenSource cancellation = new();
            cancellation.Cancel();
            isDone = Make(data, settings, "parts", isResumed: part > 0).Run(_ => { }, cancellation.Token);
        }

        Assert.Equal(
            File.ReadAllBytes(data.In("whole", "last.safetensors")), File.ReadAllBytes(
                data.In("parts", "last.safetensors")));
        Assert.All(
            File.ReadAllLines(data.In("whole", "log.csv"))[1..],
            line => Assert.InRange(double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture), 1e-3, 10));
    }

    [Fact]
    public void A_step_on_a_tile_sees_what_lies_around_it()
    {
        UNetClassic network = new(1, 1, baseChannels: 2, seed: 3);
        int side = network.InputSide(20);
        Tensor image = new(Shape.Nchw(1, 1, side, side)), truth = new(Shape.Nchw(1, 1, 20, 20));
        Random random = new(1);
        foreach (ref float value in image.Data)
        {
            value = random.NextSingle();
        }

        using CpuDevice device = new(2);
        Sgd optimizer = new(network.Store);
        using TrainingStep step = new(network, LossCatalog.Parse(TrainingRecipe.Paper.Loss(1)), optimizer, device);
        float loss = step.ComputeGradients(image, truth);

        // The same by hand: no mirror, and the logits' middle.
        Value x = Value.Input(image.Shape);
        Value logits = network.Forward(x).CropCenter(20, 20);
        using Plan plan = device.Compile(
            new ComputationGraph(logits), network.Store, PlanSettings.ForInference());
        plan.SetInput(x, image.Data);
        plan.Forward();
        double expected = plan.Output(logits).ToArray().Average(z => Math.Log(1 + Math.Exp(z)));
        Assert.Equal(expected, loss, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Weights_of_pixels_count_in_the_loss(int classes)
    {
        UNetClassic network = new(1, classes, baseChannels: 2, seed: 3);
        Tensor image = new(Shape.Nchw(1, 1, 20, 20)), truth = new(Shape.Nchw(1, 1, 20, 20)), two = new(truth.Shape);
        two.Data.Fill(2);
        using CpuDevice device = new(2);
        Sgd optimizer = new(network.Store);
        using TrainingStep step =
            new(network, LossCatalog.Parse(TrainingRecipe.Paper.Loss(classes)), optimizer, device);

        Assert.Equal(2 * step.ComputeGradients(image, truth), step.ComputeGradients(image, truth, two), 1e-5f);
    }

    [Fact]
    public void Starting_weights_have_the_variance_of_He_et_al()
    {
        Network network = new UNetClassic(1, 2, baseChannels: 16);
        HeInitialization.Apply(network, seed: 5);

        foreach (Parameter parameter in network.Parameters())
        {
            float[] values = network.Store.GetValues(parameter).ToArray();
            if (parameter.Dims.Count == 4 && values.Length > 4000)
            {
                double fanIn = parameter.Dims[1] * parameter.Dims[2] * parameter.Dims[3];
                Assert.InRange(values.Average(v => (double)v * v) * fanIn / 2, 0.9, 1.1);
                Assert.InRange(values.Average() * Math.Sqrt(fanIn), -0.1, 0.1);
            }
            else if (parameter.Dims.Count == 1)
            {
                Assert.All(values, value => Assert.Equal(0, value));
            }
        }
    }

    private static Trainer Make(DiscData data, TrainingSettings settings, string run, bool isResumed)
    {
        DataReport report =
            DataReport.Create(DataFolder.Find(data.Root), ImageFile.Read, new MaskSettings(), threads: 2);
        return new Trainer(settings, report, ImageFile.Read, new RunFolder(data.In(run), isResumed));
    }
}
