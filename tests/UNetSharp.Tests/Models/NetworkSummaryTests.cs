using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Models;

public sealed class NetworkSummaryTests
{
    // The listing of the 2015 network that is published with its PyTorch definitions: layer, output, parameters.
    private static readonly string[] PublishedListing =
    [
        "Conv2d-1 [-1, 64, 570, 570] 640",
        "Conv2d-2 [-1, 64, 568, 568] 36928",
        "MaxPool2d-3 [-1, 64, 284, 284] 0",
        "Conv2d-4 [-1, 128, 282, 282] 73856",
        "Conv2d-5 [-1, 128, 280, 280] 147584",
        "MaxPool2d-6 [-1, 128, 140, 140] 0",
        "Conv2d-7 [-1, 256, 138, 138] 295168",
        "Conv2d-8 [-1, 256, 136, 136] 590080",
        "MaxPool2d-9 [-1, 256, 68, 68] 0",
        "Conv2d-10 [-1, 512, 66, 66] 1180160",
        "Conv2d-11 [-1, 512, 64, 64] 2359808",
        "MaxPool2d-12 [-1, 512, 32, 32] 0",
        "Conv2d-13 [-1, 1024, 30, 30] 4719616",
        "Conv2d-14 [-1, 1024, 28, 28] 9438208",
        "ConvTranspose2d-15 [-1, 512, 56, 56] 2097664",
        "Conv2d-16 [-1, 512, 54, 54] 4719104",
        "Conv2d-17 [-1, 512, 52, 52] 2359808",
        "ConvTranspose2d-18 [-1, 256, 104, 104] 524544",
        "Conv2d-19 [-1, 256, 102, 102] 1179904",
        "Conv2d-20 [-1, 256, 100, 100] 590080",
        "ConvTranspose2d-21 [-1, 128, 200, 200] 131200",
        "Conv2d-22 [-1, 128, 198, 198] 295040",
        "Conv2d-23 [-1, 128, 196, 196] 147584",
        "ConvTranspose2d-24 [-1, 64, 392, 392] 32832",
        "Conv2d-25 [-1, 64, 390, 390] 73792",
        "Conv2d-26 [-1, 64, 388, 388] 36928",
        "Conv2d-27 [-1, 2, 388, 388] 130",
    ];

    [Fact]
    public void The_classic_network_is_listed_as_published()
    {
        Network network = new UNetClassic(channels: 1, classes: 2, activation: Activation.None);

        NetworkSummary summary = NetworkSummary.Compute(network, Shape.Nchw(1, 1, 572, 572), threads: 2);

        Assert.Equal(
            PublishedListing,
            summary.Layers.Select(layer => $"{layer.Label} "
                + $"[-1, {layer.Output.C}, {layer.Output.H}, {layer.Output.W}] {layer.Parameters}"));
        Assert.Equal(31_030_658, summary.Parameters);
        Assert.Equal("1.25", Megabytes(summary.Memory.Input));
        Assert.Equal("1096.59", Megabytes(summary.Memory.Activations));
        Assert.Equal("118.37", Megabytes(summary.Memory.Parameters));
        Assert.Equal("1216.21", Megabytes(summary.Memory.Total));
    }

    [Fact]
    public void Rectifiers_and_norms_are_layers_too()
    {
        NetworkSummary summary =
            NetworkSummary.Compute(new UNet(3, 1, baseChannels: 4), Shape.Nchw(1, 3, 32, 48), threads: 1);

        Assert.Equal(
            ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"],
            summary.Layers.Take(7).Select(layer => layer.Type));
        Assert.Equal("inc.double_conv.1", summary.Layers[1].Name);
        Assert.Equal(8, summary.Layers[1].Parameters);
        Assert.Equal(4 * 3 * 9 * 32 * 48, summary.Layers[0].Macs);
        Assert.Equal(summary.Parameters, summary.Layers.Sum(layer => layer.Parameters));
        Assert.Equal(summary.Macs, summary.Layers.Sum(layer => layer.Macs));
    }

    [Fact]
    public void Receptive_fields_follow_the_windows()
    {
        Network network = new UNetClassic(channels: 1, classes: 1, baseChannels: 2);
        NetworkSummary summary = NetworkSummary.Compute(network, Shape.Nchw(1, 1, 188, 188), threads: 1);

        double? ReceptiveField(string name) => summary.Layers.Single(layer => layer.Name == name).ReceptiveField;

        // Two 3x3 windows see 5 pixels, a 2x2 pooling of stride 2 one more, and from then on every pixel counts double.
        Assert.Equal(5, ReceptiveField("conv_1.1"));
        Assert.Equal(6 + (2 * 4), ReceptiveField("conv_2.1"));
        Assert.Equal(140, ReceptiveField("conv_5.1"));
        Assert.Equal(140, ReceptiveField("up_conv_4.0"));
    }

    [Fact]
    public void No_receptive_field_is_stated_where_there_is_none()
    {
        NetworkSummary summary = NetworkSummary.Compute(
            new UNetFeatures(1, 1, [4, 8]), Shape.Nchw(1, 1, 21, 21), threads: 1);

        Assert.Null(summary.Layers[^1].ReceptiveField);
    }

    [Fact]
    public void Memory_is_what_the_plans_hold()
    {
        Network network = new UNet(3, 2, baseChannels: 4);
        Shape input = Shape.Nchw(1, 3, 64, 48);
        NetworkSummary summary = NetworkSummary.Compute(network, input, threads: 2);
        using CpuDevice device = new(2);
        Value image = Value.Input(input);
        Value target = Value.Input(input.WithChannels(1));
        Value loss = CrossEntropy.Compute(network.Forward(image), target);
        using Plan inference = device.Compile(
            new ComputationGraph(network.Forward(image)), network.Store, PlanSettings.ForInference());
        using Plan training = device.Compile(
            new ComputationGraph(loss), network.Store, PlanSettings.ForTraining(loss));

        Assert.Equal(inference.MemoryBytes, summary.Memory.InferencePlan);
        Assert.Equal(training.MemoryBytes, summary.Memory.TrainingPlan);
    }

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:f2}");
}
